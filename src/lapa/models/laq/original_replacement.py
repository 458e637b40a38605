"""The original project's rule for unused codes and its schedule, for its recipe."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.models.laq.codebook_replacement import Replacement

_THRESHOLD = 0.1
_NOISE = 1e-12
_EVENTS = ((10, 100), (100, 1000), (500, 5000))
"""Every so many steps, below that step."""


def is_due(step: int) -> bool:
    """Whether the original replaces codes at this step, counted from 0: 26 times until step 4500."""
    return step > 0 and any(step % every == 0 and step < end for every, end in _EVENTS)


@torch.no_grad()
def replace_as_original(
    codebook: Tensor, counts: Tensor, *, num_batches: int, generator: torch.Generator | None = None
) -> Replacement:
    """Replace as the original project does; `replace_by_usage` is ours.

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
