"""How many positions of one training sample every part of a foundation model computes."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

TEXT_TOKENS = 32
"""Assumed length of an instruction, tokens."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One training sample, as the model's parts see it."""

    tokens: int
    """Positions of the decoder's sequence."""
    parts: tuple[tuple[nn.Module, int], ...]
    """Parts, and at how many positions each is counted to multiply its weights."""
    logits: int
    """Outputs that the cross-entropy holds, all positions together."""
