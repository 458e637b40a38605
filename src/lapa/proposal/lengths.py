"""How long each stage trains: so many passes over the data, within what the stage needs and can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSES: Final = 40
"""Over the training samples of a stage. The weights of the step that validates best are exported, so
that too many passes cost time and no quality."""


@dataclass(frozen=True, kw_only=True)
class StageLength:
    """Parameters of one trainer."""

    max_steps: int
    batch_size: int
    warmup_steps: int
    validate_every: int
    samples: int
    """That it trains on."""

    @property
    def passes(self) -> float:
        """Times that each sample is seen."""
        return self.max_steps * self.batch_size / max(1, self.samples)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a stage of one size needs and can use."""

    batch_size: int
    least: int
    """Optimiser steps below which nothing is learnt."""
    most: int
    """Those of its preset."""
    warmup: int


LAQ: Final = {
    "demo": Bounds(batch_size=32, least=400, most=1500, warmup=100),
    "small": Bounds(batch_size=64, least=1000, most=20_000, warmup=500),
}
FOUNDATION: Final = {
    "demo": Bounds(batch_size=64, least=300, most=3000, warmup=200),
    "small": Bounds(batch_size=128, least=1000, most=20_000, warmup=500),
}
FINETUNE: Final = Bounds(batch_size=64, least=300, most=3000, warmup=30)


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """Of all stages."""

    laq: StageLength
    foundation: StageLength
    finetune: StageLength
    scratch_steps: int
    """Of the arm without pretraining, which has more to learn."""


def propose_lengths(*, size: str, pairs: int, labeled: int) -> Lengths:
    """Choose steps, batches and warm-ups.

    Args:
        size: ``demo`` or ``small``.
        pairs: training pairs (t, t+H).
        labeled: training frames with actions.
    """
    finetune = stage_length(FINETUNE, labeled)
    return Lengths(
        laq=stage_length(LAQ[size], pairs),
        foundation=stage_length(FOUNDATION[size], pairs),
        finetune=finetune,
        scratch_steps=2 * finetune.max_steps,
    )


def stage_length(bounds: Bounds, samples: int) -> StageLength:
    """`PASSES` over the samples in whole tens of steps, within ``bounds``; a batch is no larger than the data."""
    batch = max(1, min(bounds.batch_size, samples))
    steps = min(max(round(PASSES * samples / batch, -1), bounds.least), bounds.most)
    return StageLength(
        max_steps=int(steps),
        batch_size=batch,
        warmup_steps=min(bounds.warmup, int(steps) // 10),
        validate_every=max(10, int(steps) // 6),
        samples=samples,
    )
