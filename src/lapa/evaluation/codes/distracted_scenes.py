"""The same scenes and actions drawn again and again: clean, with nuisances at graded strength, with mere noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.images import as_stored, to_square
from lapa.envs.base import open_simulator
from lapa.envs.demonstration import demonstrate
from lapa.params.distraction import DistractionParams
from lapa.params.envs import DistractorParams, RecordParams, TabletopParams
from lapa.records import FrameCodec

KINDS = tuple(DistractorParams.model_fields)
CLEAN, UNCOMPRESSED, NOISE = "clean", "uncompressed", "sensor_noise"
NOISE_LEVELS = 2.0
"""Standard deviation of the noise of a camera, in grey levels of 255, as a floor of what cannot be avoided."""
Frames = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Nuisance:
    """What is done to the picture."""

    kind: str
    """One of `KINDS`, or `CLEAN`, `UNCOMPRESSED`, `NOISE`."""
    strength: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ScenePairs:
    """Pairs of all scenes under one nuisance; row i is the same moment under each."""

    frames: Frames
    """``uint8 (pair, 2, height, width, 3)``."""
    actions: NDArray[np.float32]
    """``(pair, action_dim)``, summed over H."""
    scene: NDArray[np.int64]
    """``(pair,)``"""


def nuisances(strengths: Sequence[float]) -> list[Nuisance]:
    """The clean pictures first, then every kind at every strength, then the floors."""
    graded = [Nuisance(kind=kind, strength=s) for kind in KINDS for s in strengths]
    return [Nuisance(kind=CLEAN), *graded, Nuisance(kind=UNCOMPRESSED), Nuisance(kind=NOISE)]


def play_scenes(
    nuisance: Nuisance,
    *,
    simulator: TabletopParams,
    tasks: Sequence[str],
    params: DistractionParams,
    codec: FrameCodec,
    offset: int,
) -> ScenePairs:
    """Draw the first pairs of every scene under one nuisance.

    Nuisances have random numbers of their own and no part in the physics, so the disturbed expert does the same
    in every drawing of a scene.

    Args:
        nuisance: what is done to the picture; whatever ``simulator.distractors`` says.
        simulator: what the recordings were made in.
        tasks: the scenes take them in turn.
        params: how many scenes and pairs.
        codec: how the shards store a frame; the quantiser sees scenes as it saw those.
        offset: H in frames.
    """
    strengths = {nuisance.kind: nuisance.strength} if nuisance.kind in KINDS else {}
    steps = params.pairs_per_scene + offset
    drawn = simulator.model_copy(
        update={"distractors": DistractorParams(**strengths), "max_steps": steps}
    )
    record = RecordParams(num_episodes=params.num_scenes, simulator=drawn, hold_steps=steps)
    world = open_simulator(drawn)
    parts = []
    for number in range(params.num_scenes):
        seed = params.first_seed + number
        played = demonstrate(world, record, seed, tasks[number % len(tasks)])
        frames = np.stack(list(_seen(played.frames, nuisance, codec, seed)))
        starts = np.arange(len(frames) - offset)
        moved = [played.arrays["actions"][t : t + offset].sum(axis=0) for t in starts]
        parts.append((np.stack([frames[starts], frames[starts + offset]], axis=1), moved))
    return ScenePairs(
        frames=np.concatenate([frames for frames, _ in parts]),
        actions=np.concatenate([moved for _, moved in parts]),
        scene=np.repeat(np.arange(len(parts)), [len(moved) for _, moved in parts]),
    )


def _seen(frames: Frames, nuisance: Nuisance, codec: FrameCodec, seed: int) -> Iterator[Frames]:
    """Frames as the quantiser is shown them."""
    rng = np.random.default_rng(seed)
    for frame in frames:
        if nuisance.kind == UNCOMPRESSED:
            yield to_square(frame, codec)
        elif nuisance.kind == NOISE:
            noisy = frame + rng.normal(scale=NOISE_LEVELS, size=frame.shape)
            yield as_stored(np.clip(np.rint(noisy), 0, 255).astype(np.uint8), codec)
        else:
            yield as_stored(frame, codec)
