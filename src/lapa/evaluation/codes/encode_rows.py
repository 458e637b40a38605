"""Encode pairs of frames that no dataset holds: still ones, reversed ones, later ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.evaluation.codes.latent_samples import LatentSamples, encode_frames
from lapa.evaluation.codes.redraw import Images, batches
from lapa.models.laq import LatentActionQuantizer

Read = Callable[[NDArray[np.int64]], Images]
"""Rows -> ``uint8 (pair, 2, height, width, 3)``."""


def encode_rows(
    laq: LatentActionQuantizer, read: Read, rows: NDArray[np.int64], *, batch_size: int
) -> LatentSamples:
    """Read and encode rows batch by batch.

    Args:
        laq: the quantiser.
        read: how the two frames of a row are made.
        rows: what `read` is given, at least one.
        batch_size: pairs in memory at once.
    """
    slices = batches(len(rows), batch_size)
    frames = (torch.from_numpy(np.ascontiguousarray(read(rows[part]))) for part in slices)
    return encode_frames(laq, frames)
