"""Augmented training pairs, as bytes: every target sees the pair that the quantiser sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from einops import rearrange

from lapa.batches import PairBatch
from lapa.data.loading.augment import augment
from lapa.models.layers.pixels import to_bytes, to_frames
from lapa.params.laq.stage import LaqParams


def augmented(batch: PairBatch, params: LaqParams, *, step: int) -> PairBatch:
    """Change the pairs of a training batch, both frames of a pair alike.

    The draw of a pair is a function of (seed, step, sample id): a resumed run draws what the
    uninterrupted one drew, and a process draws the same for a pair whoever has the others.

    Args:
        batch: on any device; kept as it is.
        params: what may happen, and the seed.
        step: optimiser step that will see the batch.

    Returns:
        The batch with new ``frames``, or the very same one where augmentation is off.
    """
    if not params.augmentation.is_on:
        return batch
    frames = augment(
        to_frames(batch["frames"]),
        params.augmentation,
        seed=params.trainer.seed,
        epoch=step,
        sample_id=batch["sample_id"],
    )
    changed = batch.copy()
    changed["frames"] = to_bytes(rearrange(frames, "b rgb t h w -> b t rgb h w"))
    return changed


def augmented_from_start(batches: Iterable[PairBatch], params: LaqParams) -> Iterator[PairBatch]:
    """Change batches 0, 1, ... as training will."""
    return (augmented(batch, params, step=step) for step, batch in enumerate(batches))
