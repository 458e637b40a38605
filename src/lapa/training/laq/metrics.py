"""What a quantiser achieved on a set of pairs: sums that add up over batches and processes.

PSNR is pooled over all pixels of the set. A per-image mean would be infinite wherever nothing
moved, and copying frame t would win by standing still.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from lapa.distributed.ranks import sum_over_processes
from lapa.metrics.code_usage import perplexity, utilization

_MAX_SEQUENCES = 1 << 16
"""Above this many possible code sequences their histogram is not kept."""
_FLOOR = 1e-12
"""Squared error of a perfect reconstruction: 120 dB instead of infinity."""
_MOVED = 0.05
"""A pixel moved when a channel differs by more (of [0, 1]) between t and t+H."""


class PairMetrics:
    """Accumulates over the batches of one validation.

    Args:
        codebook_size: K.
        code_seq_len: S.
        device: where the sums live.
    """

    def __init__(self, *, codebook_size: int, code_seq_len: int, device: torch.device) -> None:
        self._names = ("recon", "shuffled", "copy", "recon_moved", "copy_moved", "ssim")
        self._sums = torch.zeros(len(self._names), 2, dtype=torch.float64, device=device)
        self._counts = torch.zeros(codebook_size, dtype=torch.long, device=device)
        num_sequences = codebook_size**code_seq_len
        kept = num_sequences if num_sequences <= _MAX_SEQUENCES else 0
        self._sequences = torch.zeros(kept, dtype=torch.long, device=device)

    def update(
        self,
        *,
        first: Tensor,
        last: Tensor,
        reconstruction: Tensor,
        shuffled: Tensor,
        codes: Tensor,
    ) -> None:
        """Add a batch.

        Args:
            first: frame t, ``float [0, 1] (batch, 3, height, width)``.
            last: frame t+H.
            reconstruction: of t+H with the right codes.
            shuffled: with the codes of another pair.
            codes: ``int64 (batch, code)``.
        """
        reconstruction, shuffled = reconstruction.float().clamp(0, 1), shuffled.float().clamp(0, 1)
        moved = ((last - first).abs().amax(dim=1, keepdim=True) > _MOVED).expand_as(last)
        self._add("recon", (reconstruction - last).square())
        self._add("copy", (first - last).square())
        self._add("recon_moved", (reconstruction - last).square()[moved])
        self._add("copy_moved", (first - last).square()[moved])
        if len(codes) > 1:  # a single pair has no other to take codes from
            self._add("shuffled", (shuffled - last).square())
        self._add("ssim", _ssim(reconstruction, last))
        self._counts += torch.bincount(codes.flatten(), minlength=len(self._counts))
        self._add_sequences(codes)

    def _add(self, name: str, values: Tensor) -> None:
        row = self._sums[self._names.index(name)]
        row[0] += values.double().sum()
        row[1] += values.numel()

    def _add_sequences(self, codes: Tensor) -> None:
        if not len(self._sequences):
            return
        places = len(self._counts) ** torch.arange(codes.shape[1], device=codes.device)
        self._sequences += torch.bincount((codes * places).sum(1), minlength=len(self._sequences))

    def compute(self) -> dict[str, float]:
        """Return all metrics over everything added, on every process; decibels, shares, counts."""
        for sums in (self._sums, self._counts, self._sequences):
            sum_over_processes(sums)
        mean = {n: float(s / c) for n, (s, c) in zip(self._names, self._sums, strict=True) if c > 0}
        gain = _gain(mean["copy"], mean["recon"])
        values = {
            "loss_recon": mean["recon"],
            "psnr": psnr(mean["recon"]),
            "psnr_copy": psnr(mean["copy"]),
            "psnr_gain_over_copy": gain,
            "ssim": mean["ssim"],
            "perplexity": perplexity(self._counts.cpu().numpy()),
            "codebook_utilization": utilization(self._counts.cpu().numpy()),
        }
        if "recon_moved" in mean:
            values["psnr_gain_moved"] = _gain(mean["copy_moved"], mean["recon_moved"])
        if "shuffled" in mean:
            shuffled = _gain(mean["copy"], mean["shuffled"])
            values |= {"psnr_gain_shuffled": shuffled, "code_dependence": gain - shuffled}
        if len(self._sequences):
            values["sequence_perplexity"] = perplexity(self._sequences.cpu().numpy())
        return values


def psnr(mean_squared_error: float) -> float:
    """Peak signal-to-noise ratio in dB for values in [0, 1]; 120 dB at most."""
    return -10 * float(torch.log10(torch.tensor(max(mean_squared_error, _FLOOR)).double()))


def _gain(copy_error: float, error: float) -> float:
    return psnr(error) - psnr(copy_error)


def _ssim(reconstruction: Tensor, target: Tensor) -> Tensor:
    # its variances are small differences of large numbers: bf16 would make noise of them
    with torch.autocast(reconstruction.device.type, enabled=False):
        values = structural_similarity_index_measure(
            reconstruction, target.float(), data_range=1.0, reduction="none"
        )
    assert isinstance(values, Tensor)  # noqa: S101 - a tuple only with full images asked for
    return values
