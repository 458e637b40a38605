"""Record raw episodes in the tabletop: the scripted expert, disturbed, filmed without loss."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from lapa.data.media.video_encode import write_lossless_video
from lapa.envs.tabletop import (
    ACTION_NAMES,
    ACTION_UNITS,
    CONTROL_HZ,
    STATE_NAMES,
    STATE_UNITS,
    TabletopEnv,
)
from lapa.folders.lock import output_lock
from lapa.params.envs import RecordParams, TabletopParams
from lapa.records import RawEpisodes, digest_of_files

_NOISE_STREAM = 3
"""Beside the environment's own streams of random numbers (0 to 2) of one episode."""
_BATCH = 8
"""Episodes a process records before it reports back."""


def record_episodes(out: Path, params: RecordParams) -> RawEpisodes:
    """Record ``params.num_episodes`` episodes below ``out``, skipping those that are there.

    Each episode is a folder ``episode_000000`` with ``video.mp4`` (lossless), ``actions.npy``
    (executed, float32 ``(frame, 4)``), ``expert_actions.npy`` (what the expert wanted there),
    ``states.npy`` and ``episode.json``. Row i of the actions is what was done between frame i
    and frame i + 1; the picture after the last action is not stored. Episodes that fail are
    kept, with ``"success": false``.

    Raises:
        OutputLockedError: another process is recording into ``out``.
        ValueError: ``out`` holds episodes recorded with other parameters, or more of them.
    """
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        _claim(out, params)
        _record_missing(out, params)
        return _record_of(out, params)


def _record_missing(out: Path, params: RecordParams) -> None:
    missing = [i for i in range(params.num_episodes) if not _folder(out, i).is_dir()]
    if not missing:
        return
    batches = [missing[i : i + _BATCH] for i in range(0, len(missing), _BATCH)]
    console = Console(stderr=True)
    for _ in track(
        _run(out, params, batches), total=len(batches), description="recording", console=console
    ):
        pass


def episode_seed(seed: int, index: int) -> int:
    """Seed of episode ``index``, 32 bits, a pure function of both numbers."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0])


def record_episode(out: Path, params: RecordParams, index: int) -> None:
    """Record one episode; its folder appears under its name only when complete."""
    folder, part = _folder(out, index), out / f".episode_{index:06d}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    facts, arrays, frames = _play(params, episode_seed(params.seed, index))
    write_lossless_video(part / "video.mp4", frames, fps=CONTROL_HZ)
    for name, rows in arrays.items():
        np.save(part / f"{name}.npy", rows, allow_pickle=False)
    (part / "episode.json").write_text(json.dumps(facts, indent=2) + "\n")
    part.rename(folder)


def _play(
    params: RecordParams, seed: int
) -> tuple[dict[str, Any], dict[str, np.ndarray], np.ndarray]:
    """Play one episode: facts, arrays by name, and frames ``uint8 (frame, height, width, 3)``."""
    env = _environment(params.env)
    generator = np.random.default_rng([seed, _NOISE_STREAM])
    observation, info = env.reset(seed=seed)
    rows: dict[str, list[np.ndarray]] = {"actions": [], "expert_actions": [], "states": []}
    frames, success, left = [], False, params.env.max_steps
    while left > 0:
        wanted = env.expert_action()
        noise = generator.normal(0.0, params.action_noise, wanted.shape)
        action = np.clip(wanted + noise, -1.0, 1.0).astype(np.float32)
        frames.append(observation["image"])
        for name, row in zip(rows, (action, wanted, observation["state"]), strict=True):
            rows[name].append(row)
        observation, _, done, _, info = env.step(action)
        left -= 1
        if done and not success:
            success, left = True, min(left, params.hold_steps)
    arrays = {name: np.stack(values) for name, values in rows.items()}
    return _facts(params, info, seed, success), arrays, np.stack(frames)


def _facts(params: RecordParams, info: dict[str, Any], seed: int, success: bool) -> dict[str, Any]:
    env = params.env
    return {
        "instruction": info["instruction"],
        "task": info["task"],
        "success": success,
        "seed": seed,
        "fps": CONTROL_HZ,
        "embodiment": env.embodiment,
        "camera": env.camera,
        "colors": list(env.colors),
        "distractors": env.distractors.model_dump(),
        "action_noise": params.action_noise,
        "action_names": list(ACTION_NAMES),
        "action_units": list(ACTION_UNITS),
        "state_names": list(STATE_NAMES),
        "state_units": list(STATE_UNITS),
    }


@lru_cache(maxsize=1)
def _environment(params: TabletopParams) -> TabletopEnv:
    """One environment per process, so that models are compiled once."""
    return TabletopEnv(params=params)


def _record_batch(out: Path, params: RecordParams, indices: Sequence[int]) -> None:
    for index in indices:
        record_episode(out, params, index)


def _run(out: Path, params: RecordParams, batches: Sequence[Sequence[int]]) -> Iterator[None]:
    """Record the batches, in this process or in several; yields as each is done."""
    if params.workers == 1 or len(batches) <= 1:
        for batch in batches:
            _record_batch(out, params, batch)
            yield
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(params.workers, len(batches)), mp_context=context) as pool:
        futures = [pool.submit(_record_batch, out, params, batch) for batch in batches]
        for future in futures:
            future.result()
            yield


def _claim(out: Path, params: RecordParams) -> None:
    """Make ``out`` the folder of this recording, or refuse it; clear what was left half-written.

    Only under the lock: what looks half-written could be another process's work.
    """
    mine = params.model_dump(mode="json", exclude={"workers", "num_episodes"})
    claim = out / "recording.json"
    if claim.exists():
        found = json.loads(claim.read_text())
        if found != mine:
            raise ValueError(
                f"{claim}: found a recording with {found}, expected {mine}; "
                "choose another folder or delete this one"
            )
    else:
        partial = claim.with_suffix(".partial")
        partial.write_text(json.dumps(mine, indent=2) + "\n")
        partial.replace(claim)
    there = len(list(out.glob("episode_*")))
    if there > params.num_episodes:
        raise ValueError(
            f"{out}: found {there} episodes, expected at most {params.num_episodes}; "
            "raise num_episodes or delete the folder"
        )
    for part in out.glob(".episode_*.part"):
        shutil.rmtree(part)


def _folder(out: Path, index: int) -> Path:
    return out / f"episode_{index:06d}"


def _record_of(out: Path, params: RecordParams) -> RawEpisodes:
    """Count what lies below ``out``."""
    folders = [_folder(out, index) for index in range(params.num_episodes)]
    facts = [json.loads((folder / "episode.json").read_text()) for folder in folders]
    return RawEpisodes(
        path=str(out),
        episodes=len(folders),
        frames=sum(len(np.load(folder / "actions.npy", mmap_mode="r")) for folder in folders),
        successes=sum(fact["success"] for fact in facts),
        digest=digest_of_files(out),
    )
