"""Learned action queries behind image and instruction, wherever the padding lies."""

from __future__ import annotations

from typing import NamedTuple

import torch
from einops import repeat
from torch import Tensor, nn


class Sequence(NamedTuple):
    """A padded batch of embeddings for a causal language model."""

    embeddings: Tensor
    """``(batch, position, dim)``."""
    mask: Tensor
    """``int64 (batch, position)``: 1 where something stands."""
    positions: Tensor
    """``int64 (batch, position)``: place among the valid positions, from 0."""


class ActionQueries(nn.Module):
    """S embeddings, one per code, always the last S valid positions of every sample.

    They also sit at the last S places of the tensor, so reading them needs no index: text padding
    (on either side) lies before them, masked out, and counts for no position.
    """

    def __init__(self, *, count: int, dim: int, std: float) -> None:
        super().__init__()
        self.count = count
        self.queries = nn.Parameter(torch.randn(count, dim) * std)

    def append(
        self,
        prefix: Tensor,
        mask: Tensor,
        extra: Tensor | None = None,
        *,
        query: Tensor | None = None,
    ) -> Sequence:
        """Put the queries behind a padded prefix.

        Args:
            prefix: ``(batch, position, dim)``, image and text.
            mask: ``bool (batch, position)``, False on padding.
            extra: ``(batch, code, dim)`` added to the queries (embeddings of earlier codes).
            query: ``(1, dim)``, asked in place of them all.
        """
        queries = self.queries if query is None else query
        asked = repeat(queries, "s d -> b s d", b=prefix.shape[0]).to(prefix.dtype)
        if extra is not None:
            asked = asked + extra
        valid = torch.cat(
            [mask.long(), mask.new_ones(mask.shape[0], queries.shape[0]).long()], dim=1
        )
        # padding gets position 0: any value would do, for nothing attends to it
        positions = (valid.cumsum(dim=1) - 1).clamp(min=0)
        return Sequence(torch.cat([prefix, asked], dim=1), valid, positions)
