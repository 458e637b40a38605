"""The commonest code sequences: how often they occur, and what moves when they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.codes.best_position import best_position_score
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.score import Score
from lapa.evaluation.statistics.episode_bootstrap import Interval, Sums, episode_interval

MOST = 12
"""Sequences that are shown."""
MIN_PAIRS = 10
"""A sequence that is seen less often has no mean worth showing."""


@dataclass(frozen=True, kw_only=True)
class TopSequence:
    """One code sequence."""

    codes: tuple[int, ...]
    pairs: int
    episodes: int
    share: float
    """Of all pairs."""
    mean: tuple[Interval, Interval]
    """Motion in the two dimensions of the plane, with intervals over the episodes in which it occurs."""

    @property
    def name(self) -> str:
        """The codes as text: ``3 1 0 5``."""
        return " ".join(map(str, self.codes))


def top_sequences(
    codes: NDArray[np.int64],
    motion: NDArray[np.float64],
    episodes: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> list[TopSequence]:
    """Measure the commonest sequences of ``codes (pair, code)`` and their ``motion (pair, 2)``.

    Raises:
        CannotMeasureError: no sequence occurs `MIN_PAIRS` times.
    """
    distinct, group, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST]
    common = [number for number in order.tolist() if counts[number] >= MIN_PAIRS]
    if not common:
        raise CannotMeasureError(
            f"the commonest of {len(counts)} code sequences occurs {counts.max()} times among "
            f"{len(codes)} pairs, expected at least {MIN_PAIRS}; hold out more episodes"
        )
    measured = []
    for number in common:
        own = np.flatnonzero(group.ravel() == number)
        x, y = (
            episode_interval(_mean, (column,), episodes[own], resamples=resamples, seed=seed)
            for column in motion[own].T
        )
        measured.append(
            TopSequence(
                codes=tuple(distinct[number].tolist()),
                pairs=len(own),
                episodes=len(np.unique(episodes[own])),
                share=len(own) / len(codes),
                mean=(x, y),
            )
        )
    return measured


def top_sequences_score(
    chosen: Sequence[TopSequence],
    table: PairTable,
    motion: NDArray[np.float64],
    *,
    draws: int,
    seed: int,
) -> Score:
    """How much of the motion's variance lies between the chosen sequences, among the pairs that have one.

    Raises:
        CannotMeasureError: there is one sequence, so there is nothing between.
    """
    if len(chosen) < 2:
        raise CannotMeasureError("one code sequence alone occurs often enough to be compared")
    wanted = np.array([one.codes for one in chosen])
    among = (table.discrete[:, None] == wanted).all(axis=2).any(axis=1)
    labels = table.take(among)
    labels = replace(labels, codes=labels.sequence[:, None])
    score = best_position_score(
        "commonest sequences",
        "top_sequences_eta_squared",
        eta_squared,
        labels,
        motion[among],
        draws=draws,
        seed=seed,
    )
    if score is None:
        raise CannotMeasureError("the motion of the commonest code sequences is not finite")
    return score


def _mean(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / sums[..., 0])
