"""Searching by bands finds exactly what comparing everything with everything finds."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from lapa.data.ingestion import near_hashes
from lapa.data.ingestion.near_hashes import first_alike

Hashes = NDArray[np.uint64]


def brute_force(queries: Hashes, known: Hashes, distance: int) -> list[int]:
    found = []
    for query in queries:
        near = (np.bitwise_count(known ^ query) <= distance).all(axis=1)
        found.append(int(near.argmax()) if near.any() else -1)
    return found


def _flipped(hashes: Hashes, random: np.random.Generator, most: int) -> Hashes:
    """Flip up to ``most`` bits of each hash."""
    changed = hashes.copy()
    for _ in range(most):
        bits = np.uint64(1) << random.integers(0, 64, hashes.shape).astype(np.uint64)
        changed ^= np.where(random.random(hashes.shape) < 0.7, bits, np.uint64(0))
    return changed


def _made(random: np.random.Generator, scenes: int, count: int, most: int) -> Hashes:
    centers = random.integers(0, 2**64, (scenes, 2), dtype=np.uint64)
    return _flipped(centers[random.integers(0, scenes, count)], random, most)


@pytest.mark.parametrize("distance", [0, 1, 2, 3, 7, 12, 13, 64, 100])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_brute_force(distance: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_hashes, "_CANDIDATES", 197)  # blocks end inside a bucket
    random = np.random.default_rng([seed, distance])
    scenes, most = int(random.integers(1, 40)), int(random.integers(0, 6))
    known = _made(random, scenes, 150, most)
    queries = np.concatenate([_flipped(known[:40], random, 3), _made(random, scenes, 40, most)])
    found = first_alike(queries, known, distance).tolist()
    assert found == brute_force(queries, known, distance)
    if 0 < distance < 15:
        assert len(set(found)) > 1


def test_nothing_known_and_nothing_asked() -> None:
    none, some = np.empty((0, 2), np.uint64), np.ones((3, 2), np.uint64)
    assert first_alike(some, none, 2).tolist() == [-1] * 3
    assert first_alike(none, some, 2).tolist() == []


def test_memory_is_bounded_and_all_pairs_are_not_compared() -> None:
    random = np.random.default_rng(0)
    known = random.integers(0, 2**64, (200_000, 2), dtype=np.uint64)
    queries = _flipped(known[:20_000], random, 2)
    tracemalloc.start()
    found = first_alike(queries, known, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found == np.arange(20_000)).mean() > 0.99
    assert peak < 100e6  # a table of 256 queries took 400 MB
