"""Inputs with one thing taken away: what a model still knows without language or image."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import torch

from lapa.batches import LatentBatch

Ablation = Callable[[LatentBatch], LatentBatch]


def blank_language(batch: LatentBatch) -> LatentBatch:
    """Every instruction becomes empty."""
    return {**batch, "instructions": [""] * len(batch["instructions"])}


def blank_image(batch: LatentBatch) -> LatentBatch:
    """Every image becomes mid-grey."""
    return {**batch, "frames": torch.full_like(batch["frames"], 128)}


def swapped_language(instructions: Iterable[str]) -> Ablation:
    """Every instruction becomes another one of ``instructions``, always the same other one.

    Swapping inside a batch would do little: neighbouring samples share their episode.
    """
    distinct = sorted(set(instructions))
    Random(0).shuffle(distinct)
    other = dict(zip(distinct, [*distinct[1:], *distinct[:1]], strict=True))
    return lambda batch: {
        **batch,
        "instructions": [other.get(text, text) for text in batch["instructions"]],
    }


def ablations(instructions: Iterable[str]) -> dict[str, Ablation]:
    """All ablations by the name under which validation reports them."""
    return {
        "blank_language": blank_language,
        "swapped_language": swapped_language(instructions),
        "blank_image": blank_image,
    }
