"""The tabletop as a Gymnasium environment: pictures and words in, small tool moves out."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lapa.envs.tabletop.combinations import with_combinations
from lapa.envs.tabletop.distractors import Distractors
from lapa.envs.tabletop.endings import Contacts, ending
from lapa.envs.tabletop.expert import METERS_PER_UNIT, expert
from lapa.envs.tabletop.instructions import phrase
from lapa.envs.tabletop.layout import Layout, draw_goal, draw_layout
from lapa.envs.tabletop.physics import WORKSPACE_HIGH, WORKSPACE_LOW, Physics
from lapa.envs.tabletop.renderer import Renderer
from lapa.envs.tabletop.scene import compile_scene
from lapa.envs.tabletop.tasks import Goal, Situation, is_done
from lapa.params.envs import TabletopParams

Observation = dict[str, NDArray[Any]]

CONTROL_HZ = 10
_SCENE, _TASK, _DISTRACTORS = range(3)
"""Streams of random numbers per episode: one never changes what another draws."""


class TabletopEnv(gym.Env[Observation, NDArray[np.float32]]):
    """Coloured objects, a tool with suction, a sentence.

    Observation: ``image`` uint8 ``(size, size, 3)`` RGB, ``state`` float32 ``(4,)``: tip of the tool
    in metres, and 1 while an object is held. Action: float32 ``(4,)`` in [-1, 1]: moves along x
    (right), y (away) and z (up) in units of 3 cm, and suction, on above 0; 10 Hz.

    ``reset(seed=s)`` fixes scene, task, wording and distractors; with the same seed, other
    parameters (camera, table, embodiment, distractors, wordings, an option that names the task) leave the
    scene as it is, and other combinations of colour and shape its places, so methods can be compared on paired starts. Options of a reset: ``task``,
    ``colors``, ``num_objects``, ``distractors`` replace those parameters for one episode.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": CONTROL_HZ}

    def __init__(
        self,
        *,
        params: TabletopParams | None = None,
        render_mode: str | None = None,
        **changes: Any,
    ) -> None:
        given = (params or TabletopParams()).model_dump()
        self.params = TabletopParams.model_validate(given | changes)
        self.render_mode = render_mode
        size = self.params.image_size
        low, high = np.append(WORKSPACE_LOW - 0.05, 0.0), np.append(WORKSPACE_HIGH + 0.05, 1.0)
        self.observation_space = spaces.Dict(
            {
                "image": spaces.Box(0, 255, (size, size, 3), np.uint8),
                "state": spaces.Box(low.astype(np.float32), high.astype(np.float32)),
            }
        )
        self.action_space = spaces.Box(-1.0, 1.0, (4,), np.float32)
        self._renderer = Renderer(size=size, camera=self.params.camera, table=self.params.table)
        self._physics: dict[tuple[str, ...], Physics] = {}
        self.goal: Goal
        self.instruction = ""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start the episode of ``seed`` (of the environment's own generator when None)."""
        super().reset(seed=seed)
        episode_seed = int(self.np_random.integers(2**31)) if seed is None else seed
        params = self._params_of(options or {})
        scene_rng, task_rng, distractor_rng = (
            np.random.default_rng([episode_seed, stream])
            for stream in (_SCENE, _TASK, _DISTRACTORS)
        )
        drawn = draw_layout(params.colors, params.num_objects, scene_rng)
        task = params.tasks[int(task_rng.integers(len(params.tasks)))]
        self.goal = draw_goal(task, drawn, task_rng)
        self.layout = with_combinations(drawn, self.goal.object, params.combinations, params.colors)
        self.instruction = phrase(self.goal, self.layout.names, task_rng, params.wordings)
        self._now = self._physics_of(self.layout)
        self._now.place(self.layout)
        self._contacts = Contacts(self.situation())
        self._distractors = Distractors(
            params=params.distractors, size=params.image_size, generator=distractor_rng
        )
        self._steps, self._closed = 0, False
        return self._observe(), self._info(episode_seed)

    def step(
        self, action: NDArray[np.float32]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Move for one control step (0.1 s); reward 1 and the end come with success."""
        clipped = np.clip(np.asarray(action, dtype=np.float64), -1.0, 1.0)
        self._closed = bool(clipped[3] > 0)
        self._now.move(clipped[:3] * METERS_PER_UNIT, suction=self._closed)
        self._contacts.see(self.situation())
        self._distractors.advance()
        self._steps += 1
        info = self._info()
        done = bool(info["success"])
        return self._observe(), float(done), done, self._steps >= self.params.max_steps, info

    def render(self) -> NDArray[np.uint8] | None:
        """The current picture, with ``render_mode="rgb_array"``."""
        return self._image() if self.render_mode == "rgb_array" else None

    def situation(self) -> Situation:
        """Where everything is now."""
        return self._now.situation()

    def expert_action(self) -> NDArray[np.float32]:
        """What the scripted expert does now, ``float32 (4,)``."""
        return expert(self.goal, self.situation())

    def ending(self) -> str:
        """How the episode went so far, one of `lapa.envs.tabletop.endings.ENDINGS`."""
        return ending(self.goal, self.situation(), self._contacts)

    def _observe(self) -> Observation:
        now = self.situation()
        state = np.append(now.tool, float(now.held is not None)).astype(np.float32)
        space = self.observation_space["state"]
        return {"image": self._image(), "state": np.clip(state, space.low, space.high)}

    def _image(self) -> NDArray[np.uint8]:
        return self._renderer.render(
            self._now, self.layout.colors, self._distractors, closed=self._closed
        )

    def _info(self, episode_seed: int | None = None) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "instruction": self.instruction,
            "task": self.goal.task,
            "success": is_done(self.goal, self.situation()),
        }
        return facts if episode_seed is None else facts | {"episode_seed": episode_seed}

    def _params_of(self, options: dict[str, Any]) -> TabletopParams:
        """The parameters of one episode; unknown options are refused by name."""
        known = {"task", "colors", "num_objects", "distractors"}
        if unknown := sorted(set(options) - known):
            raise ValueError(
                f"reset options {unknown} are unknown; expected some of {sorted(known)}"
            )
        changes = {name: value for name, value in options.items() if name != "task"}
        if "task" in options:
            changes["tasks"] = (options["task"],)
        return TabletopParams.model_validate(self.params.model_dump() | changes)

    def _physics_of(self, layout: Layout) -> Physics:
        if layout.shapes not in self._physics:
            scene = compile_scene(self.params.embodiment, layout.shapes)
            self._physics[layout.shapes] = Physics(scene)
        return self._physics[layout.shapes]


def expert_action(env: gym.Env[Any, Any]) -> NDArray[np.float32]:
    """The scripted expert's action ``float32 (4,)`` for a (possibly wrapped) tabletop.

    Raises:
        TypeError: ``env`` is another environment.
    """
    inner = env.unwrapped
    if not isinstance(inner, TabletopEnv):
        raise TypeError(f"the expert knows only TabletopEnv, found {type(inner).__name__}")
    return inner.expert_action()
