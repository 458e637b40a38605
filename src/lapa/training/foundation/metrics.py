"""Accuracy of predicted codes: per position, anywhere in the top three, and whole sequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

TOP = 3


@dataclass
class AccuracySums:
    """Sums over samples; add two of them, reduce them over ranks, then read `accuracies`."""

    sums: Tensor
    """``float64 (4 + code,)``: samples, loss, top-3 hits, whole sequences, hits per position."""

    @classmethod
    def empty(cls, code_seq_len: int, device: torch.device) -> AccuracySums:
        """No sample yet."""
        return cls(torch.zeros(4 + code_seq_len, dtype=torch.float64, device=device))

    def add(self, logits: Tensor, codes: Tensor, loss: Tensor, weight: float = 1.0) -> None:
        """Count a batch: ``logits (batch, code, codebook)``, ``codes int64 (batch, code)``."""
        best = logits.topk(min(TOP, logits.shape[-1]), dim=-1).indices
        hits = best == codes.unsqueeze(-1)
        first = hits[..., 0]
        samples = torch.tensor(float(len(codes)), device=codes.device)
        parts = [samples, loss.detach() * samples, hits.any(-1).float().mean(-1).sum()]
        parts += [first.all(-1).sum(), *first.sum(0)]
        self.sums += weight * torch.stack([part.double() for part in parts])

    def accuracies(self) -> dict[str, float]:
        """``loss``, ``top1``, ``top3``, ``sequence`` and ``top1_position_<i>``, fractions of 1."""
        _, loss, top3, sequence, *positions = (self.sums / self.sums[0].clamp(min=1)).tolist()
        named = {f"top1_position_{i}": value for i, value in enumerate(positions)}
        mean = sum(positions) / len(positions)
        return {"loss": loss, "top1": mean, "top3": top3, "sequence": sequence, **named}


def majority_codes(histogram: Tensor) -> Tensor:
    """The most frequent code of each position, from ``(code, codebook)`` training counts."""
    return histogram.argmax(dim=-1)


def position_histogram(codes: Tensor, codebook_size: int) -> Tensor:
    """Counts ``int64 (code, codebook)`` of ``codes (sample, code)``, whole numbers of any width."""
    # widened column by column: there may be hundreds of millions
    return torch.stack([torch.bincount(c.long(), minlength=codebook_size) for c in codes.T])


def prefixed(metrics: Mapping[str, float], prefix: str) -> dict[str, float]:
    """Metric names under a common heading, e.g. ``val/top1``."""
    return {f"{prefix}{name}": value for name, value in metrics.items()}
