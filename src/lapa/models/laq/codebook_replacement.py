"""Give unused codes a new place, as a pure function of codebook and usage."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Replacement(NamedTuple):
    """A new codebook and what changed in it."""

    codebook: Tensor
    """``(codebook_size, quant_dim)``; the input is left alone."""
    replaced: Tensor
    """``bool (codebook_size,)``: rows that moved; clear their optimiser moments."""


@torch.no_grad()
def replace_by_usage(
    codebook: Tensor,
    counts: Tensor,
    *,
    min_share: float = 0.1,
    noise_share: float = 0.1,
    generator: torch.Generator | None = None,
) -> Replacement:
    """Move unused codes next to busy ones: sources are drawn in proportion to their usage.

    Args:
        codebook: ``(codebook_size, quant_dim)``.
        counts: ``(codebook_size,)`` vectors assigned to each code, over all processes.
        min_share: a code is unused below this fraction of the uniform share.
        noise_share: expected distance of a copy from its source, as a fraction of the mean
            distance between used codes (of the source's length when only one is used).
        generator: CPU generator; the same on every process gives the same codebook.

    Returns:
        The new codebook; nothing is replaced when nothing was counted.
    """
    usage = counts.cpu().double()
    unused = usage * len(usage) < min_share * usage.sum()
    if usage.sum() == 0 or not unused.any():
        return Replacement(codebook.clone(), torch.zeros_like(unused))
    weights = usage.masked_fill(unused, 0)
    picked = torch.multinomial(weights, int(unused.sum()), replacement=True, generator=generator)
    direction = torch.randn(len(picked), codebook.shape[1], generator=generator)
    direction /= codebook.shape[1] ** 0.5
    result = codebook.clone()
    scale = noise_share * _spread(codebook[~unused])
    result[unused] = codebook[picked] + scale * direction.to(codebook)
    return Replacement(result, unused)


def _spread(rows: Tensor) -> Tensor:
    """Mean distance between distinct rows, or the length of the only one."""
    rows = rows.float()
    only = len(rows) == 1
    return torch.linalg.vector_norm(rows) if only else torch.pdist(rows).mean()
