"""Closed loop: a policy moves the tabletop's tool, many scenes at a time, and is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lapa.data.episode import Frames
from lapa.data.media.video_encode import write_playable_video
from lapa.data.shards.images import as_stored
from lapa.envs.tabletop import CONTROL_HZ, TabletopEnv
from lapa.params.envs import TabletopParams
from lapa.records import FrameCodec

Chunks = NDArray[np.float32]
"""Actions ahead, ``float32 (env, time, 4)``."""


class ActsFromPictures(Protocol):
    """What a policy must be able to do here."""

    def predict(
        self, images: Tensor, instructions: list[str], states: Tensor | None = None
    ) -> Tensor:
        """Actions ahead, ``float32 (env, time, 4)``, for ``images`` uint8 (env, height, width, 3)."""


@dataclass
class Scene:
    """One running episode."""

    env: TabletopEnv
    observation: dict[str, NDArray[Any]]
    instruction: str
    frames: list[NDArray[np.uint8]] | None
    """Pictures so far; None where nobody wants to see them."""
    steps: int = 0
    success: bool = False
    over: bool = False

    def act(self, action: NDArray[np.float32]) -> None:
        """Do one control step, unless the episode is over."""
        if self.over:
            return
        self.observation, _, self.success, truncated, _ = self.env.step(action)
        self.steps += 1
        self.over = self.success or truncated
        if self.frames is not None:
            self.frames.append(self.observation["image"])


Choose = Callable[[Sequence[Scene]], Chunks]
"""Chooses actions for the scenes that still run."""


@dataclass(frozen=True, kw_only=True)
class RolloutResult:
    """Success per scene; two results with equal ``seeds`` are paired trial by trial."""

    task: str
    seeds: tuple[int, ...]
    successes: NDArray[np.bool_]
    """``(scene,)``"""
    steps: NDArray[np.int64]
    """``(scene,)`` control steps until success or the end."""
    instructions: tuple[str, ...]
    clips: dict[int, Frames] = field(default_factory=dict)
    """Pictures of the first few episodes, by seed, ``uint8 (frame, height, width, 3)``."""


def rollout(
    policy: ActsFromPictures,
    *,
    env_params: TabletopParams,
    task: str,
    seeds: Sequence[int],
    codec: FrameCodec | None,
    execute: int = 1,
    with_states: bool = False,
    keep_clips: int = 0,
    batch_size: int = 100,
    device: str = "cpu",
) -> RolloutResult:
    """Let ``policy`` try ``task`` on the scene of every seed.

    Args:
        policy: predicts actions from pictures and instructions.
        env_params: the environment; its ``tasks`` are overridden by ``task``.
        task: what to try.
        seeds: each fixes one scene and instruction, whatever the policy.
        codec: `ShardSet.codec` of the shards the policy was trained on: every picture is made square,
            compressed and decoded again before the policy sees it, as theirs were. None shows
            pictures as the simulator draws them, for something that never saw a shard.
        execute: how many actions of each predicted chunk are done before looking again.
        with_states: also pass the states, for a policy that was finetuned with them.
        keep_clips: how many episodes, the first ones, keep their pictures.
        batch_size: scenes that run at once; it changes memory and speed, not the outcome.
        device: where the policy's inputs go.

    Raises:
        ValueError: the predicted chunk is not ``(env, time >= execute, 4)``.
    """

    def choose(scenes: Sequence[Scene]) -> Chunks:
        pictures = [scene.observation["image"] for scene in scenes]
        if codec is not None:
            pictures = [as_stored(picture, codec) for picture in pictures]
        images = torch.from_numpy(np.stack(pictures))
        states = np.stack([scene.observation["state"] for scene in scenes])
        given = torch.from_numpy(states).to(device) if with_states else None
        words = [scene.instruction for scene in scenes]
        return np.asarray(torch.as_tensor(policy.predict(images.to(device), words, given)).cpu())

    scenes: list[Scene] = []
    for start in range(0, len(seeds), batch_size):
        kept = max(0, keep_clips - start)
        group = open_scenes(env_params, task, seeds[start : start + batch_size], keep_clips=kept)
        run_scenes(group, choose, execute=execute)
        scenes.extend(group)
    return _result(task, seeds, scenes)


def open_scenes(
    params: TabletopParams, task: str, seeds: Sequence[int], *, keep_clips: int = 0
) -> list[Scene]:
    """Start one episode of ``task`` per seed."""
    scenes = []
    for number, seed in enumerate(seeds):
        env = TabletopEnv(params=params)
        observation, info = env.reset(seed=seed, options={"task": task})
        frames = [observation["image"]] if number < keep_clips else None
        scenes.append(Scene(env, observation, info["instruction"], frames))
    return scenes


def run_scenes(scenes: Sequence[Scene], choose: Choose, *, execute: int = 1) -> None:
    """Run scenes to their ends in lockstep; ``choose`` is asked once for all that still run.

    Raises:
        ValueError: ``choose`` gives anything but ``(running, time >= execute, 4)``.
    """
    while running := [scene for scene in scenes if not scene.over]:
        chunks = choose(running)
        if chunks.ndim != 3 or chunks.shape[::2] != (len(running), 4) or chunks.shape[1] < execute:
            raise ValueError(
                f"predicted actions are {chunks.shape}, expected ({len(running)}, at least "
                f"{execute}, 4): the tabletop's actions are dx, dy, dz and suction"
            )
        for scene, chunk in zip(running, chunks, strict=True):
            for action in chunk[:execute]:
                scene.act(action)


def save_clips(result: RolloutResult, folder: Path, *, scale: int = 4) -> list[Path]:
    """Write the kept episodes as videos that browsers play; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for seed, frames in result.clips.items():
        outcome = "success" if result.successes[result.seeds.index(seed)] else "failure"
        file = folder / f"{result.task}_{seed}_{outcome}.mp4"
        write_playable_video(file, frames, fps=CONTROL_HZ, scale=scale)
        files.append(file)
    return files


def _result(task: str, seeds: Sequence[int], scenes: Sequence[Scene]) -> RolloutResult:
    return RolloutResult(
        task=task,
        seeds=tuple(seeds),
        successes=np.array([scene.success for scene in scenes], dtype=bool),
        steps=np.array([scene.steps for scene in scenes], dtype=np.int64),
        instructions=tuple(scene.instruction for scene in scenes),
        clips={
            seed: np.stack(scene.frames)
            for seed, scene in zip(seeds, scenes, strict=True)
            if scene.frames is not None
        },
    )
