"""Some processors have bfloat16 instructions that are slower than float32: measure, and say so."""

from __future__ import annotations

import logging
from time import perf_counter

import torch

logger = logging.getLogger(__name__)

SIDE = 512
"""Of the square matrices: large enough to keep the kernels busy, a few milliseconds a product."""
REPETITIONS = 5


def advise_precision(precision: str, device: torch.device) -> None:
    """Log a hint where training on a CPU in bfloat16 costs time instead of saving it.

    Nothing is switched: figures and resume points must not depend on a measurement.

    Args:
        precision: of the trainer; anything but ``bf16-mixed`` needs no advice.
        device: what the model trains on; accelerators need no advice.
    """
    if precision != "bf16-mixed" or device.type != "cpu":
        return
    ratio = product_seconds(torch.float32) / product_seconds(torch.bfloat16)
    if ratio < 1:
        logger.warning(
            "bfloat16 matrix products run at %.1f times the speed of float32 on this processor: "
            "`trainer.precision: 32-true` would train faster",
            ratio,
        )


def product_seconds(dtype: torch.dtype) -> float:
    """Shortest time of a product of two square matrices, in seconds, with torch's threads."""
    left, right = torch.ones(SIDE, SIDE, dtype=dtype), torch.ones(SIDE, SIDE, dtype=dtype)
    times = []
    for _ in range(REPETITIONS):
        start = perf_counter()
        torch.mm(left, right)
        times.append(perf_counter() - start)
    return min(times)
