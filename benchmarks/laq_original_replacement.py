"""The original project's rule for unused codes, to measure its recipe and to compare with its fixtures."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.models.laq.codebook_replacement import Replacement

_THRESHOLD = 0.1
_NOISE = 1e-12


@torch.no_grad()
def replace_as_original(
    codebook: Tensor, counts: Tensor, *, num_batches: int, generator: torch.Generator | None = None
) -> Replacement:
    """Replace as the original project does; training here uses `replace_by_usage`.

    The copies differ from their source by 1e-12, which float32 cannot hold: they are identical.

    Args:
        codebook: ``(codebook_size, quant_dim)``.
        counts: ``(codebook_size,)`` forward passes that used each code since the last replacement.
        num_batches: what the original divides by: its batch size.
        generator: CPU generator; None draws from torch's own, as the original does.
    """
    unused = counts.cpu() / num_batches < _THRESHOLD
    num_unused = int(unused.sum())
    sources = codebook[~unused].clone()
    if len(sources) == 0:
        noise = torch.randn(codebook.shape, generator=generator).to(codebook)
        return Replacement(codebook + _NOISE * noise, torch.zeros_like(unused))
    if num_unused > len(sources):
        sources = sources.repeat(int(num_unused / (len(sources) + _NOISE) + 1), 1)
        sources = sources[torch.randperm(len(sources), generator=generator)]
    noise = torch.randn(num_unused, codebook.shape[1], generator=generator).to(codebook)
    result = codebook.clone()
    result[unused] = sources[:num_unused] + _NOISE * noise
    return Replacement(result, unused)
