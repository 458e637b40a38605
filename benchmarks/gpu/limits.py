"""What the device can do at best: matrix products, copies, JPEG decoding."""

from __future__ import annotations

import os
from typing import Any

import torch

from gpu.measuring import dense_peak, timed
from gpu.sizes import FULL, Sizes


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """The card, and rates that everything else is held against."""
    side = 8192 if sizes is FULL else 128
    return {
        "device": _name(device),
        "torch": torch.__version__,
        "processors": os.cpu_count(),
        "data_sheet_bf16_tflops": None if (peak := dense_peak(device)) is None else peak / 1e12,
        "bf16_tflops": _products(device, sizes, side, torch.bfloat16),
        "fp32_tflops": _products(device, sizes, side // 2, torch.float32),
        "copy_gb_per_second": _copies(device, sizes, side),
    }


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


def _products(device: torch.device, sizes: Sizes, side: int, dtype: torch.dtype) -> float:
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    spent = timed(lambda: left @ right, device, sizes.seconds)
    return 2 * side**3 / spent["seconds"] / 1e12


def _copies(device: torch.device, sizes: Sizes, side: int) -> float:
    source = torch.randn(side, side, 4, device=device)
    target = torch.empty_like(source)
    spent = timed(lambda: target.copy_(source), device, sizes.seconds)
    return 2 * source.nbytes / spent["seconds"] / 1e9  # read and written
