"""Whether pairs whose vectors lie close together move in the same direction: agreement of nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.evaluation.statistics.episode_bootstrap import Sums, episode_interval
from lapa.evaluation.statistics.episode_permutation import shuffled_rows
from lapa.records import Metric

NAME = "neighbor_agreement"
NEIGHBORS = 10
NULL_DRAWS = 100


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Mean cosine between a pair's direction and those of its nearest neighbours."""

    metric: Metric
    """[-1, 1]; 1: neighbours move alike, 0: vectors say nothing of the direction."""
    null: Metric
    """Of directions permuted inside each dataset."""


def neighbor_agreement(
    vectors: NDArray[np.floating],
    motion: NDArray[np.floating],
    episodes: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Agreement:
    """Measure the agreement; neighbours of the same episode do not count, they are nearly the same picture.

    Args:
        vectors: ``(pair, feature)``.
        motion: ``(pair, 2)``; pairs that do not move have no direction and are left out.
        episodes: ``(pair,)``.
        groups: ``(pair,)``: number of the dataset.
        resamples: bootstrap draws of episodes.
        seed: of draws and permutations.

    Raises:
        CannotMeasureError: too few pairs move, or they are of one episode.
    """
    length = np.linalg.norm(motion.astype(np.float64), axis=1)
    moves = np.flatnonzero(length > 0)
    if len(np.unique(episodes[moves])) < 2 or len(moves) <= NEIGHBORS:
        raise CannotMeasureError(
            f"{len(moves)} pairs of {len(np.unique(episodes[moves]))} episodes move, expected more than "
            f"{NEIGHBORS} of at least 2"
        )
    direction = motion[moves] / length[moves, None]
    own = episodes[moves]
    near, weights = _neighbors(vectors[moves].astype(np.float64), own)

    def agreement(directions: NDArray[np.float64]) -> NDArray[np.float64]:
        cosines = (directions[near] * directions[:, None]).sum(axis=-1)
        return np.asarray((cosines * weights).sum(axis=1))

    def by_chance(rng: np.random.Generator) -> float:
        return float(agreement(direction[shuffled_rows(own, groups[moves], rng)]).mean())

    interval = episode_interval(_mean, (agreement(direction),), own, resamples=resamples, seed=seed)
    return Agreement(
        metric=interval.metric(NAME, n=len(np.unique(own))),
        null=null_metric(NAME, by_chance, draws=min(resamples, NULL_DRAWS), seed=seed),
    )


def _neighbors(
    vectors: NDArray[np.float64], episodes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Numbers of the nearest pairs of other episodes and their weights, both ``(pair, neighbour)``.

    More are asked for than are kept, because some are of the same episode.
    """
    longest = int(np.unique(episodes, return_counts=True)[1].max())
    asked = min(len(vectors), NEIGHBORS + longest)
    near = NearestNeighbors(n_neighbors=asked).fit(vectors).kneighbors(return_distance=False)
    others = episodes[near] != episodes[:, None]
    kept = others & (np.cumsum(others, axis=1) <= NEIGHBORS)
    return np.asarray(near, np.int64), kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)


def _mean(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / sums[..., 0])
