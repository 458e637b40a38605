"""Closed loop: a policy acts in a simulator on seeded scenes, and is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lapa.data.episode import Frames
from lapa.data.media.video_encode import write_playable_video
from lapa.data.shards.images import as_stored
from lapa.envs.workers import SimulatorWorkers
from lapa.evaluation.policies.trials import Chunks, Trial, open_trials, run_trials
from lapa.models.policy.rows import filled_up
from lapa.params.simulators import SimulatorParams
from lapa.records import FrameCodec


class ImagePolicy(Protocol):
    """What a policy must be able to do here."""

    def predict(
        self, images: Tensor, instructions: list[str], states: Tensor | None = None
    ) -> Tensor:
        """Actions ahead, ``float32 (trial, time, action_dim)``, for ``images`` uint8 (trial, height, width, 3)."""


@dataclass(frozen=True, kw_only=True)
class RolloutResult:
    """Success per scene; two results with equal ``seeds`` are paired trial by trial."""

    task: str
    control_hz: float
    seeds: tuple[int, ...]
    successes: NDArray[np.bool_]
    """``(scene,)``"""
    steps: NDArray[np.int64]
    """``(scene,)`` control steps until success or the end."""
    instructions: tuple[str, ...]
    ends: tuple[str, ...]
    """How the trial in each scene ended (`lapa.envs.base.Simulator.ending`)."""
    clips: dict[int, Frames] = field(default_factory=dict)
    """Pictures of the first few episodes, by seed, ``uint8 (frame, height, width, 3)``."""


def rollout(
    policy: ImagePolicy,
    *,
    simulator: SimulatorParams,
    task: str,
    seeds: Sequence[int],
    codec: FrameCodec | None,
    execute: int = 1,
    with_states: bool = False,
    keep_clips: int = 0,
    batch_size: int = 100,
    device: torch.device | str = "cpu",
    on_over: Callable[[int], None] = lambda number: None,
    workers: SimulatorWorkers | None = None,
) -> RolloutResult:
    """Let ``policy`` try ``task`` on the scene of every seed.

    Args:
        policy: predicts actions from pictures and instructions.
        simulator: where; its ``max_steps`` end a trial, its ``tasks`` are overridden by ``task``.
        task: what to try.
        seeds: each fixes one scene and instruction, whatever the policy; at least one.
        codec: `ShardSet.codec` of the shards the policy was trained on: every picture is made square,
            compressed and decoded again before the policy sees it, as theirs were. None shows
            pictures as the simulator draws them, for something that never saw a shard.
        execute: how many actions of each predicted chunk are done before looking again.
        with_states: also pass the states, for a policy that was finetuned with them.
        keep_clips: how many episodes, the first ones, keep their pictures.
        batch_size: scenes that run at once; it changes memory and speed, on a CPU not the outcome.
        device: where the policy is.
        on_over: told how many trials have just ended.
        workers: processes in which the scenes run; None: all in this one. The outcome is the same.

    Raises:
        ValueError: the predicted chunk is not ``(trial, time >= execute, action_dim)``, or there is no seed.
    """
    if not seeds:
        raise ValueError(f"task {task!r}: found no seeds, expected one for each scene to try")

    def choose(running: Sequence[Trial]) -> Chunks:
        now = filled_up([trial.now for trial in running])
        shown = [step.image if codec is None else as_stored(step.image, codec) for step in now]
        images = torch.from_numpy(np.stack(shown)).to(device)
        states = torch.from_numpy(np.stack([step.state for step in now])) if with_states else None
        given = None if states is None else states.to(device)
        predicted = policy.predict(images, [step.instruction for step in now], given)
        return np.asarray(torch.as_tensor(predicted).cpu())[: len(running)]

    trials: list[Trial] = []
    for start in range(0, len(seeds), batch_size):
        kept = max(0, keep_clips - start)
        own = seeds[start : start + batch_size]
        group = open_trials(simulator, task, own, keep_clips=kept, workers=workers)
        run_trials(group, choose, execute=execute, on_over=on_over, workers=workers)
        trials.extend(group)
    result = _result(task, seeds, trials)
    if workers is not None:
        workers.forget()
    return result


def save_clips(
    result: RolloutResult, folder: Path, *, name: str | None = None, scale: int = 4
) -> list[Path]:
    """Write the kept episodes as videos that browsers play; returns the files.

    Args:
        result: with clips.
        folder: made where it is not there.
        name: begins the names of the files; None is the task.
        scale: pixels of the video to one of the picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for seed, frames in result.clips.items():
        outcome = "success" if result.successes[result.seeds.index(seed)] else "failure"
        file = folder / f"{name or result.task}_{seed}_{outcome}.mp4"
        write_playable_video(file, frames, fps=result.control_hz, scale=scale)
        files.append(file)
    return files


def _result(task: str, seeds: Sequence[int], trials: Sequence[Trial]) -> RolloutResult:
    return RolloutResult(
        task=task,
        control_hz=trials[0].simulator.spec.control_hz,
        seeds=tuple(seeds),
        successes=np.array([trial.now.success for trial in trials], dtype=bool),
        steps=np.array([trial.steps for trial in trials], dtype=np.int64),
        instructions=tuple(trial.now.instruction for trial in trials),
        ends=tuple(trial.ending for trial in trials),
        clips={
            seed: np.stack(trial.frames)
            for seed, trial in zip(seeds, trials, strict=True)
            if trial.frames is not None
        },
    )
