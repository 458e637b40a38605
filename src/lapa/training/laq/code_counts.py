"""How often each code was used: counted per process, summed over processes when asked."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.distributed.ranks import sum_over_processes


class CodeCounts:
    """Counts of the K codes since the last `clear`."""

    def __init__(self, codebook_size: int) -> None:
        self._counts = torch.zeros(codebook_size, dtype=torch.long)

    def add(self, codes: Tensor) -> None:
        """Count ``codes`` ``int64 (batch, code)`` of this process; stays on their device."""
        self._counts = self._counts.to(codes.device)
        flat = codes.flatten()
        # bincount would wait for the device to tell it the largest code
        self._counts.scatter_add_(0, flat, torch.ones_like(flat))

    def total(self) -> Tensor:
        """Counts over all processes, ``int64 (codebook,)``; collective."""
        return sum_over_processes(self._counts.clone())

    def clear(self) -> None:
        """Start a new window."""
        self._counts = torch.zeros_like(self._counts)

    def state(self) -> list[int]:
        """Total for a checkpoint; collective."""
        return [int(count) for count in self.total()]

    def restore(self, state: list[int], *, rank: int) -> None:
        """Continue from `state`: rank zero keeps the total, so the sum over processes is right."""
        self._counts = (
            torch.tensor(state) if rank == 0 else torch.zeros(len(state), dtype=torch.long)
        )
