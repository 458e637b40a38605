"use strict";
/* Turns dials, asks the server what they draw, shows it. The server remembers nothing: every question holds the
   recorded frame and all steps since. */
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const MAX_TICKS = 16;
const token = decodeURIComponent(location.hash.slice(1));
let about, state = { start: null, steps: [], now: null, dial: 0 }, film = [], recorded, donor, pending = 0;

async function ask(path, message) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const options = message === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(message) };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/* Runs the newest of several calls; one that was overtaken is dropped. */
function newest(work) {
  let turn = 0;
  return async (...given) => {
    const own = ++turn;
    document.body.classList.toggle("busy", ++pending > 0);
    try {
      await work(() => own === turn, ...given);
      $("error").hidden = true;
    } catch (error) {
      $("error").textContent = error.message;
      $("error").hidden = false;
    } finally {
      document.body.classList.toggle("busy", --pending > 0);
    }
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
function direction([dx, dy]) {
  const names = ["right", "down right", "down", "down left", "left", "up left", "up", "up right"];
  return names[Math.round(Math.atan2(dy, dx) / (Math.PI / 4) + 8) % 8];
}
function inWords(motion) {
  const largest = Math.max(...motion.arrows.map(([, , dx, dy]) => Math.hypot(dx, dy)));
  if (largest < 0.003) return "nothing moves";
  const one = motion.arrows.reduce((a, b) => (Math.hypot(a[2], a[3]) > Math.hypot(b[2], b[3]) ? a : b));
  return `${percent(largest)} of the width, ${direction([one[2], one[3]])}`;
}
const label = (step) => (step.codes ? step.codes.join(" ") : `from clip ${step.pair.scene}, t=${step.pair.frame}`);
const chain = () => ({ start: state.start, steps: state.now ? [...state.steps, state.now] : state.steps });

function drawArrows(svg, motion) {
  svg.replaceChildren();
  const largest = Math.max(...motion.arrows.map(([, , dx, dy]) => Math.hypot(dx, dy)));
  if (largest < 0.003) return;
  const scale = Math.max(1, 0.14 / largest);
  for (const [x, y, dx, dy] of motion.arrows) {
    const length = Math.hypot(dx, dy) * scale;
    if (length < 0.02) continue;
    const [ex, ey] = [x + dx * scale, y + dy * scale], angle = Math.atan2(dy, dx), head = Math.min(0.03, length / 2);
    const wing = (turn) => `${ex - head * Math.cos(angle + turn)} ${ey - head * Math.sin(angle + turn)}`;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", `M${x} ${y}L${ex} ${ey}M${wing(0.5)}L${ex} ${ey}L${wing(-0.5)}`);
    svg.append(path);
  }
}

const draw = newest(async (isNewest) => {
  const answer = await ask("/chain", chain());
  if (!isNewest()) return;
  $("before").src = answer.before;
  $("after").src = answer.after;
  $("motion").src = answer.motion.colors;
  $("motion-note").textContent = inWords(answer.motion);
  $("after-note").textContent = state.now ? label(state.now) : "";
  $("before-title").textContent = state.steps.length ? "The drawing before" : "Recorded frame t";
  $("before-note").textContent = state.steps.length ? `step ${state.steps.length}` : `t = ${state.start.frame}`;
  drawArrows($("motion-arrows"), answer.motion);
  drawArrows($("after-arrows"), answer.motion);
  state.after = answer.after;
  $("step").disabled = state.steps.length + 2 > about.max_steps;
  $("after").dataset.drawn = JSON.stringify(chain());
});

const drawFan = newest(async (isNewest) => {
  if (!about.has_codes || !state.now.codes) return $("fan").replaceChildren();
  const [codes, position] = [state.now.codes, state.dial], size = about.codebook_size;
  const count = Math.min(size, about.max_fan);
  const values = [...Array(count).keys()].map((i) => (count < size ? Math.floor((i * size) / count) : i));
  const before = { start: state.start, steps: state.steps };
  const answer = await ask("/fan", { chain: before, codes, position, values });
  if (!isNewest()) return;
  $("fan-title").textContent = `What each value of dial ${position + 1} would draw, the others left as they are`;
  $("fan").replaceChildren(...answer.pictures.map((src, i) =>
    thumb(src, values[i], values[i] === codes[position], () => turn(position, values[i]))));
});

function thumb(src, text, isOn, onclick) {
  const button = document.createElement("button"), img = document.createElement("img");
  button.className = isOn ? "thumb on" : "thumb";
  img.src = src;
  img.alt = "";
  button.append(img, String(text));
  button.onclick = onclick;
  return button;
}

function show() {
  about.has_codes && state.now && state.now.codes && showDials();
  draw();
  drawFan();
}
function turn(position, value) {
  const size = about.codebook_size, codes = [...state.now.codes];
  codes[position] = ((value % size) + size) % size;
  state.dial = position;
  state.now = { codes };
  show();
}

const angleOf = (value) => -140 + (280 * value) / Math.max(1, about.codebook_size - 1);
function makeDials() {
  for (let position = 0; position < about.num_codes; position++) {
    const box = document.createElement("div");
    box.className = "dial";
    box.id = `dial-${position}`;
    box.append(about.codebook_size > MAX_TICKS ? numberInput(position) : knob(position));
    const name = document.createElement("div");
    name.className = "name";
    name.textContent = `dial ${position + 1}`;
    box.append(name);
    $("dials").append(box);
  }
}
function numberInput(position) {
  const input = document.createElement("input");
  Object.assign(input, { type: "number", min: 0, max: about.codebook_size - 1 });
  input.setAttribute("aria-label", `dial ${position + 1}`);
  input.onchange = () => turn(position, Number(input.value) | 0);
  return input;
}
function knob(position) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 128 128");
  Object.entries({ tabindex: 0, role: "slider", "aria-label": `dial ${position + 1}`, "aria-valuemin": 0, "aria-valuemax": about.codebook_size - 1 })
    .forEach(([name, value]) => svg.setAttribute(name, value));
  svg.innerHTML = '<circle class="body" cx="64" cy="64" r="37"/><line class="hand" x1="64" y1="52" x2="64" y2="33"/>';
  for (let value = 0; value < about.codebook_size; value++) {
    const radians = ((angleOf(value) - 90) * Math.PI) / 180, [x, y] = [64 + 52 * Math.cos(radians), 64 + 52 * Math.sin(radians)];
    const tick = document.createElementNS(SVG, "g");
    tick.setAttribute("class", "tick");
    tick.dataset.value = value;
    tick.innerHTML = `<circle cx="${x}" cy="${y}" r="11"/><text x="${x}" y="${y}">${value}</text>`;
    tick.onclick = (event) => { event.stopPropagation(); turn(position, value); };
    svg.append(tick);
  }
  const by = (steps) => turn(position, state.now.codes[position] + steps);
  svg.onclick = () => by(1);
  svg.onwheel = (event) => { event.preventDefault(); by(event.deltaY < 0 ? 1 : -1); };
  svg.onkeydown = (event) => {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (steps) { event.preventDefault(); by(steps); }
  };
  return svg;
}
function showDials() {
  state.now.codes.forEach((code, position) => {
    const box = $(`dial-${position}`), svg = box.querySelector("svg");
    box.classList.toggle("chosen", position === state.dial);
    if (!svg) { box.querySelector("input").value = code; return; }
    svg.setAttribute("aria-valuenow", code);
    svg.querySelector(".hand").style.transform = `rotate(${angleOf(code)}deg)`;
    svg.querySelectorAll(".tick").forEach((tick) => tick.classList.toggle("on", Number(tick.dataset.value) === code));
  });
}

function showFilm() {
  $("film").replaceChildren(...film.map(({ src, text }, i) => thumb(src, text, i === film.length - 1, () => back(i))));
  $("film-note").textContent = film.length > 1 ? "click on a frame to go back to it" : "press Step again and again: the same codes, once more";
}
function back(place) {
  state.steps = state.steps.slice(0, place);
  film = film.slice(0, place + 1);
  showFilm();
  show();
}
function step() {
  if ($("step").disabled || document.body.classList.contains("busy") || !state.now) return;
  state.steps = [...state.steps, state.now];
  film.push({ src: state.after, text: label(state.now) });
  showFilm();
  show();
}
function reset() {
  state.steps = [];
  film = [{ src: recorded.first, text: `t = ${state.start.frame}` }];
  showFilm();
  show();
}

const showRecorded = (name, note, pair) => {
  $(`${name}-first`).src = pair.first;
  $(`${name}-last`).src = pair.last;
  $(`${name}-motion`).src = pair.motion.colors;
  $(note).textContent = `${inWords(pair.motion)}${pair.codes ? `; codes ${pair.codes.join(" ")}` : ""}`;
};
const placeOf = (scene, frame) => ({ scene: Number($(scene).value), frame: Number($(frame).value) });
const chooseScene = newest(async (isNewest) => {
  const start = placeOf("scene", "frame"), pair = await ask("/pair", start);
  if (!isNewest()) return;
  recorded = pair;
  state.start = start;
  state.now = pair.codes ? { codes: pair.codes } : { pair: start };
  showRecorded("recorded", "recorded-note", pair);
  reset();
});
const chooseDonor = newest(async (isNewest) => {
  const place = placeOf("donor", "donor-frame"), pair = await ask("/pair", place);
  if (!isNewest()) return;
  donor = { place, pair };
  showRecorded("donor", "donor-note", pair);
});

function fillScenes(select, frame, output, choose) {
  select.replaceChildren(...about.scenes.map((scene, i) => {
    const words = [scene.instruction, scene.dataset, scene.environment, scene.episode].filter(Boolean);
    return new Option(`${i}: ${words.join(" · ")}`, i);
  }));
  const moved = () => { output.textContent = frame.value; choose(); };
  const go = (scene, t) => {
    select.value = scene;
    frame.max = about.scenes[scene].frames - 1;
    frame.value = t ?? Math.floor(about.scenes[scene].frames / 3);
    moved();
  };
  select.onchange = () => go(Number(select.value));
  frame.oninput = moved;
  return go;
}
const any = (count) => Math.floor(Math.random() * count);

async function begin() {
  about = await ask("/about");
  const horizon = `${about.horizon_s} s ahead`;
  $("about").textContent = about.has_codes
    ? `${about.name}: ${about.num_codes} codes of ${about.codebook_size} values; every drawing is ${horizon}.`
    : `${about.name}: continuous latents; every drawing is ${horizon}.`;
  $("dial-panel").hidden = !about.has_codes;
  $("continuous").hidden = about.has_codes;
  if (about.has_codes) makeDials();
  const scene = fillScenes($("scene"), $("frame"), $("frame-value"), chooseScene);
  const other = fillScenes($("donor"), $("donor-frame"), $("donor-value"), chooseDonor);
  scene(0);
  other(Math.min(1, about.scenes.length - 1));
  $("dice").onclick = () => scene(any(about.scenes.length));
  $("donor-dice").onclick = () => { const i = any(about.scenes.length); other(i, any(about.scenes[i].frames)); };
  $("read").onclick = () => { state.now = { codes: recorded.codes }; show(); };
  $("shuffle").onclick = () => { state.now = { codes: state.now.codes.map(() => any(about.codebook_size)) }; show(); };
  $("apply").onclick = () => { state.now = donor.pair.codes ? { codes: donor.pair.codes } : { pair: donor.place }; show(); };
  $("step").onclick = step;
  $("reset").onclick = reset;
  $("show-arrows").onchange = (event) => { $("after-arrows").style.display = event.target.checked ? "" : "none"; };
  document.onkeydown = (event) => {
    if (event.key === " " && !["BUTTON", "INPUT", "SELECT"].includes(event.target.tagName)) { event.preventDefault(); step(); }
  };
}
begin().catch((error) => { $("error").textContent = error.message; $("error").hidden = false; });
