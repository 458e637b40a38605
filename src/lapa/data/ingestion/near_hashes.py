"""Pairs of 64-bit hashes within a few bits of each other, without comparing everything with everything.

Two hashes that differ in at most ``distance`` bits agree in at least one of ``distance + 1`` disjoint
bands of bits (pigeonhole; multi-index hashing, Norouzi, Punjani and Fleet, CVPR 2012). So only those that
share a band are compared, here a band of the first hash and one of the second, and each candidate is checked
bit by bit: the result is that of comparing all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

_CANDIDATES = 1 << 19
"""Candidates compared at a time: bounds memory, about 30 MB."""
_BITS = 64
_FARTHEST = 12
"""Beyond, bands are so narrow that they spare no comparison."""
NONE = -1

Hashes = NDArray[np.uint64]


def first_alike(queries: Hashes, known: Hashes, distance: int) -> NDArray[np.int64]:
    """Return for each query the first known row of which both hashes are near, -1 where there is none.

    Args:
        queries: ``uint64 (query, 2)``.
        known: ``uint64 (row, 2)``.
        distance: bits of 64 by which either hash may differ.
    """
    rows, first_row = _distinct(known)
    asked, place = np.unique(queries, axis=0, return_inverse=True)
    nearest = np.full(len(asked), len(known), np.int64)
    if len(rows) and len(asked):
        for one, two in product(_bands(distance), repeat=2):
            for query, row in _sharing(asked, rows, (one, two)):
                near = np.bitwise_count(asked[query, 0] ^ rows[row, 0]) <= distance
                near &= np.bitwise_count(asked[query, 1] ^ rows[row, 1]) <= distance
                np.minimum.at(nearest, query[near], first_row[row[near]])
    nearest[nearest == len(known)] = NONE
    return nearest[place.reshape(-1)]


def _distinct(known: Hashes) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the distinct rows, and where each appears first: a still scene repeats one row often."""
    rows, first_row = np.unique(known, axis=0, return_index=True)
    return rows, first_row.astype(np.int64)


def _bands(distance: int) -> list[np.uint64]:
    """Masks of ``distance + 1`` disjoint bands that cover all bits; an empty one matches everything."""
    if distance > _FARTHEST:
        return [np.uint64(0)]
    borders = np.linspace(0, _BITS, distance + 2).round().astype(int).tolist()
    return [np.uint64((1 << stop) - (1 << start)) for start, stop in pairwise(borders)]


def _sharing(
    asked: Hashes, rows: Hashes, bands: tuple[np.uint64, np.uint64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (query, row) of those that share a band of either hash, a bounded number at a time."""
    keys, wanted = _keys(rows, bands), _keys(asked, bands)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begin = np.searchsorted(ordered, wanted, side="left")
    counts = np.searchsorted(ordered, wanted, side="right") - begin
    for query, position in _candidates(begin, counts):
        yield query, order[position]


def _keys(hashes: Hashes, bands: tuple[np.uint64, np.uint64]) -> Hashes:
    """Mix the two bands into one number; two pairs of bands may share it, which costs a comparison."""
    mixed: Hashes = (hashes[:, 0] & bands[0]) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ ((hashes[:, 1] & bands[1]) * np.uint64(0xC2B2AE3D27D4EB4F))


def _candidates(
    begin: NDArray[np.int64], counts: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (query, position) of every candidate, a bounded number at a time."""
    ends = np.cumsum(counts)
    total = int(ends[-1])
    for start in range(0, total, _CANDIDATES):
        flat = np.arange(start, min(start + _CANDIDATES, total))
        query = np.searchsorted(ends, flat, side="right")
        yield query, begin[query] + flat - (ends[query] - counts[query])
