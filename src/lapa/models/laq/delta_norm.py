"""Standardise the vectors before quantisation, over the batches of every process."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from einops import rearrange
from torch import Tensor, nn


class DeltaNorm(nn.Module):
    """``(batch, code, channel) -> same``: zero mean and unit variance per channel.

    Training uses the statistics of the global batch (summed over processes, with gradients),
    evaluation their running average: batch normalisation without learned scale that also works
    across CPU processes, which `torch.nn.SyncBatchNorm` does not.

    Args:
        channels: channels of a vector.
        places: 1 if all codes of a pair share statistics, the number of codes if each has its own.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self, channels: int, *, places: int = 1, momentum: float = 0.1, eps: float = 1e-5
    ) -> None:
        super().__init__()
        self.places = places
        self.momentum = momentum
        self.eps = eps
        self.register_buffer("running_mean", torch.zeros(places * channels))
        self.register_buffer("running_var", torch.ones(places * channels))

    def forward(self, delta: Tensor) -> Tensor:
        """Standardise; in training also move the running statistics."""
        rows = rearrange(delta.float(), "b (p n) d -> (b n) (p d)", p=self.places)
        if self.training:
            mean, variance = self._batch_statistics(rows)
            self._remember(mean.detach(), variance.detach())
        else:
            mean, variance = self.running_mean, self.running_var
        normed = (rows - mean) * (variance + self.eps).rsqrt()
        return rearrange(normed, "(b n) (p d) -> b (p n) d", b=delta.shape[0], p=self.places)

    def _batch_statistics(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        count = rows.new_full((1,), len(rows))
        mean = _sum_over_processes(torch.cat([rows.sum(0), count]))
        mean, total = mean[:-1] / mean[-1], mean[-1]
        variance = _sum_over_processes((rows - mean).square().sum(0)) / total
        return mean, variance

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


def _sum_over_processes(values: Tensor) -> Tensor:
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return values
    total: Tensor = _SumOverProcesses.apply(values)  # type: ignore[no-untyped-call]
    return total


class _SumOverProcesses(torch.autograd.Function):
    """The sum over all processes; every process's loss depends on every process's values.

    `torch.distributed.nn.functional.all_reduce` did the same and is deprecated.
    """

    @staticmethod
    def forward(_: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, *gradients: Tensor) -> Tensor:
        (total,) = (gradient.clone() for gradient in gradients)
        dist.all_reduce(total)
        return total
