"""Motion cut into bins: eight directions, or cells that hold about as many pairs each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.associations import quantile_bins

Ints = NDArray[np.int64]
OCTANTS = 8
MAX_BINS = 8
"""Of one dimension."""
PAIRS_PER_CELL = 30
"""Cells are made so large that this many pairs fall into one on average."""


def octants(motion: NDArray[np.floating]) -> Ints:
    """Direction of ``motion (pair, 2)`` as ``(pair,)`` in [0, 8): 0 points right, 2 down in the picture."""
    angle = np.arctan2(motion[:, 1], motion[:, 0])
    return np.asarray(np.round(angle / (2 * np.pi / OCTANTS)).astype(np.int64) % OCTANTS)


def cells(values: NDArray[np.floating]) -> Ints:
    """Cut every dimension of ``values (pair, dimension)`` at its quantiles and number the cells of the grid.

    Dimensions get as many bins each as leave `PAIRS_PER_CELL` pairs a cell, from 2 to `MAX_BINS`.

    Returns:
        ``(pair,)``: cells that occur, numbered from 0.
    """
    pairs, dimensions = values.shape
    bins = int(np.clip((pairs / PAIRS_PER_CELL) ** (1 / dimensions), 2, MAX_BINS))
    binned = np.stack([quantile_bins(column, bins) for column in values.T], axis=1)
    _, number = np.unique(binned, axis=0, return_inverse=True)
    return np.asarray(number.reshape(-1), np.int64)
