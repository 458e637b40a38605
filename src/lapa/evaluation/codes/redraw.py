"""What a decoder draws of a frame and any codes, and how the picture moves by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from einops import reduce
from numpy.typing import NDArray

from lapa.evaluation.codes.latent_samples import device_of
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.evaluation.codes.seen_motion import joined
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_bytes, to_float

See = Callable[[torch.Tensor], PairMotion]
"""``uint8 (pair, 2, height, width, 3)`` -> what moved in each pair."""
Images = NDArray[np.uint8]
Rows = NDArray[np.int64]


class ReadsPairs(Protocol):
    """Samples with ``frames uint8 (2, height, width, 3)``."""

    def __getitem__(self, index: int) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """Pairs whose second frame was drawn by a decoder."""

    motion: PairMotion
    """From the given frame to the drawn one."""
    error: NDArray[np.float64]
    """``(pair,)``: mean squared error against the pair's own frame t+H, pixels in [0, 1]."""


def frames_of(dataset: ReadsPairs, rows: Rows) -> Images:
    """Decode frames t and t+H of some rows: ``uint8 (pair, 2, height, width, 3)``."""
    return np.stack([dataset[int(row)]["frames"] for row in rows])


@torch.no_grad()
def draw(laq: LatentActionQuantizer, first: Images, vectors: NDArray[np.float32]) -> Images:
    """Let the decoder draw.

    Args:
        laq: whose decoder it is.
        first: frames t, ``uint8 (pair, height, width, 3)``.
        vectors: ``(pair, code, quant_dim)``.

    Returns:
        Frames t+H, ``uint8 (pair, height, width, 3)``.
    """
    device = device_of(laq)
    start = to_float(torch.from_numpy(np.ascontiguousarray(first)).to(device))
    tokens = torch.from_numpy(np.ascontiguousarray(vectors)).to(device)
    return np.asarray(to_bytes(laq.decode_vectors(start, tokens)).cpu().numpy(), np.uint8)


def redraw(
    laq: LatentActionQuantizer,
    dataset: ReadsPairs,
    rows: Rows,
    vectors: NDArray[np.float32],
    *,
    see: See,
    batch_size: int,
) -> Redrawn:
    """Draw t+H of some pairs from their frame t and any vectors, batch by batch.

    Args:
        laq: whose decoder draws.
        dataset: of the frames.
        rows: of the pairs whose frame t is given.
        vectors: ``(row, code, quant_dim)``.
        see: who sees the motion.
        batch_size: pairs in memory at once.
    """
    motions, errors = [], []
    for batch in batches(len(rows), batch_size):
        frames = frames_of(dataset, rows[batch])
        drawn = draw(laq, frames[:, 0], vectors[batch])
        motions.append(motion_between(frames[:, 0], drawn, see))
        errors.append(_mean_squared(drawn, frames[:, 1]))
    return Redrawn(motion=joined(motions), error=np.concatenate(errors))


def motion_between(first: Images, last: Images, see: See) -> PairMotion:
    """What moves from frames ``uint8 (pair, height, width, 3)`` to others of the same shape."""
    return see(torch.from_numpy(np.stack([first, last], axis=1)))


def batches(count: int, size: int) -> Iterator[slice]:
    """Slices of at most ``size`` that cover ``count`` rows."""
    return (slice(start, start + size) for start in range(0, count, size))


def _mean_squared(drawn: Images, target: Images) -> NDArray[np.float64]:
    difference = (drawn.astype(np.float64) - target) / 255
    return np.asarray(reduce(difference**2, "pair h w rgb -> pair", "mean"))
