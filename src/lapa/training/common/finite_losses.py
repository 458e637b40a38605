"""Losses that are no numbers stop a training, without a wait for the device in every step."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor


class _Seen(NamedTuple):
    loss: Tensor
    sample_id: Tensor
    step: int


class FiniteLosses:
    """Keeps the losses since the last look on their device; to look waits for it.

    Look when something is logged, validated or saved: a wrong loss has spoilt the weights of the steps behind
    it, but nothing that anybody keeps.
    """

    def __init__(self) -> None:
        self._seen: list[_Seen] = []

    def add(self, loss: Tensor, sample_id: Tensor, *, step: int) -> None:
        """Remember a scalar loss, the samples ``(batch,)`` behind it, and the optimiser steps done before it."""
        self._seen.append(_Seen(loss.detach(), sample_id, step))

    def require(self) -> None:
        """Look at the losses that were added, and forget them.

        Raises:
            FloatingPointError: one is no number; says the first, its step and its samples.
        """
        seen, self._seen = self._seen, []
        if not seen:
            return
        losses = torch.stack([each.loss.float() for each in seen]).tolist()
        for value, (_, sample_id, step) in zip(losses, seen, strict=True):
            if not math.isfinite(value):
                raise FloatingPointError(
                    f"loss is {value} at step {step}, expected a finite number; the samples are "
                    f"{sample_id.tolist()}. Look at them, lower `optimizer.learning_rate`, or start "
                    "again from the last file in the resume folder"
                )
