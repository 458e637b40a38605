"""Record raw episodes in a simulator: the scripted expert, disturbed, filmed without loss."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from lapa.data.media.video_encode import write_lossless_video
from lapa.envs.base import Simulator, open_simulator
from lapa.envs.demonstration import demonstrate
from lapa.folders.lock import output_lock
from lapa.folders.whole_file import write_whole
from lapa.params.envs import RecordParams
from lapa.records import RawEpisodes, digest_of_files

_BATCH = 8
"""Episodes a process records in one simulator before it reports back."""


def record_episodes(out: Path, params: RecordParams) -> RawEpisodes:
    """Record ``params.num_episodes`` episodes below ``out``, skipping those that are there.

    Each episode is a folder ``episode_000000`` with ``video.mp4`` (lossless), ``actions.npy``
    (executed, float32 ``(frame, action_dim)``), ``expert_actions.npy`` (what the expert wanted there),
    ``states.npy`` and ``episode.json``. Row i of the actions is what was done between frame i
    and frame i + 1; the picture after the last action is not stored. Episodes that fail are
    kept, with ``"success": false``.

    Raises:
        OutputLockedError: another process is recording into ``out``.
        ValueError: ``out`` holds episodes recorded with other parameters, or more of them; or the
            simulator has no expert.
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


def _record_episode(out: Path, params: RecordParams, index: int, simulator: Simulator) -> None:
    """Record one episode; its folder appears under its name only when complete."""
    folder, part = _folder(out, index), out / f".episode_{index:06d}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    seed, task = episode_seed(params.seed, index), params.task_of(index)
    played = demonstrate(simulator, params, seed, task)
    write_lossless_video(part / "video.mp4", played.frames, fps=simulator.spec.control_hz)
    for name, rows in played.arrays.items():
        np.save(part / f"{name}.npy", rows, allow_pickle=False)
    (part / "episode.json").write_text(json.dumps(played.facts, indent=2) + "\n")
    part.rename(folder)


def _record_batch(out: Path, params: RecordParams, indices: Sequence[int]) -> None:
    simulator = open_simulator(params.simulator)
    for index in indices:
        _record_episode(out, params, index, simulator)


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
        theirs = json.loads(claim.read_text())
        if theirs != mine:
            raise ValueError(
                f"{claim}: found a recording with {theirs}, expected {mine}; "
                "choose another folder or delete this one"
            )
    else:
        write_whole(claim, json.dumps(mine, indent=2) + "\n")
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
