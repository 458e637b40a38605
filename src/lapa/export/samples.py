"""What an export is verified on: real frames of a shard set, or random pictures where none is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.pairs import open_pairs
from lapa.records import PairSpec, ShardSet
from lapa.refused import RefusedError

SENTENCES = ("move the red square to the left", "", "lift it")
"""Instructions beside random pictures: an ordinary one, none, a short one."""


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Inputs of a model before its tokenizer."""

    frames: NDArray[np.uint8]
    """``(sample, 2, height, width, 3)``: frame t and frame t+H."""
    instructions: list[str]
    states: NDArray[np.float32] | None = None
    """``(sample, state_dim)``."""
    origin: str
    """Where they are from, for the card."""


def real_samples(
    shards: ShardSet,
    *,
    count: int,
    spec: PairSpec | None,
    image_size: int | None,
    with_states: bool,
    datasets: tuple[str, ...] = (),
) -> Samples:
    """Frame pairs of a shard set: of its held-out split where it has one.

    Args:
        shards: what the model was trained on, or shards like those.
        count: pairs at most.
        spec: what a pair was to the model; None: the longest horizon that the shards allow.
        image_size: side of the model's pictures; None takes any.
        with_states: read the state as well.
        datasets: only these, as far as the shards hold them.

    Raises:
        RefusedError: the pictures have another size.
    """
    if image_size not in (None, shards.image_size):
        raise RefusedError(
            f"the pictures of {shards.path} are {shards.image_size} pixels wide, the model takes "
            f"{image_size}; give the shards it was trained on, or some of that size"
        )
    split = "val" if "val" in shards.splits and shards.splits["val"].clips else "train"
    pairs = open_pairs(
        shards,
        split,
        spec or PairSpec(horizon_s=shards.max_horizon_s),
        max_samples=count,
        with_states=with_states,
        datasets=[name for name in datasets if name in shards.datasets] or None,
    )
    items = [pairs[index] for index in range(len(pairs))]
    return Samples(
        frames=np.stack([item["frames"] for item in items]),
        instructions=[str(pairs.sample(index)["instruction"]) for index in range(len(pairs))],
        states=np.stack([item["states"] for item in items]) if with_states else None,
        origin=f"{len(items)} frame pairs of split `{split}` of the shard set {shards.digest[:12]}",
    )


def random_samples(*, count: int, image_size: int, state_dim: int | None, seed: int = 0) -> Samples:
    """Noise in place of pictures and of states: it proves the arithmetic, on nothing the model knows."""
    generator = np.random.default_rng(seed)
    shape = (count, 2, image_size, image_size, 3)
    states = None if state_dim is None else generator.standard_normal((count, state_dim))
    return Samples(
        frames=generator.integers(0, 256, shape, dtype=np.uint8),
        instructions=[SENTENCES[index % len(SENTENCES)] for index in range(count)],
        states=None if states is None else states.astype(np.float32),
        origin=f"{count} pictures of random pixels, for no shard set was given (`--shards`)",
    )
