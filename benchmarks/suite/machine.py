"""What this machine can do at best: matrix products, copies, JPEG."""

from __future__ import annotations

from statistics import median

import numpy as np
import torch

from lapa.jpeg import decode_jpeg, encode_jpeg
from suite.made_pictures import picture
from suite.rounds import Spent, in_turns
from suite.rows import Row, figure, rate


def measure(toy: bool, rounds: int) -> list[Row]:
    """Rates that everything else is held against."""
    side, pixels = (128, 64) if toy else (1024, 256)
    image = picture(pixels, seed=0)
    jpeg, repeats = encode_jpeg(image), 2 if toy else 50
    products = {
        dtype: tuple(torch.randn(side, side, dtype=dtype) for _ in range(2))
        for dtype in (torch.float32, torch.bfloat16)
    }
    source = np.ones(side * side * 16, np.float32)
    target = np.empty_like(source)
    ways = {
        "float32": lambda: torch.mm(*products[torch.float32]),
        "bfloat16": lambda: torch.mm(*products[torch.bfloat16]),
        "copy": lambda: np.copyto(target, source),
        "encode": lambda: [encode_jpeg(image) for _ in range(repeats)],
        "decode": lambda: [decode_jpeg(jpeg) for _ in range(repeats)],
    }
    spent = in_turns(ways, rounds)
    return [
        figure(
            f"matrix product of {side}, {name}", "GFLOP/s", *_per_second(spent[name], 2 * side**3)
        )
        for name in ("float32", "bfloat16")
    ] + [
        figure("copy, read and written", "GB/s", *_per_second(spent["copy"], 2 * source.nbytes)),
        rate(f"JPEG of {pixels} pixels, encoded", "frames", repeats, spent["encode"]),
        rate(f"JPEG of {pixels} pixels, decoded", "frames", repeats, spent["decode"]),
        figure("processor seconds of a second", "CPU-s / s", median(_share(spent["decode"]))),
    ]


def _per_second(spent: list[Spent], amount: float) -> list[float]:
    return [amount / max(one.processor, 1e-9) / 1e9 for one in spent]


def _share(spent: list[Spent]) -> list[float]:
    """How much of a core this process had: what other work left it."""
    return [one.processor / one.wall for one in spent]
