"""A statistic of codes as a line of the scorecard: interval over episodes, and what permuted codes give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.score import Better, Score, scored
from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.evaluation.statistics.episode_permutation import shuffled_rows

Codes = NDArray[np.int64]
Rows = NDArray[np.int64]
Statistic = Callable[[Codes, Rows], float]
"""From codes ``(row, code)`` and the numbers of the rows they belong to, to a value; NaN where these do not suffice."""
MAX_DRAWS = 200
"""Permutations at most, however many resamples are asked for."""
PERMUTED = "codes permuted within dataset, episode by episode"


def permuted_score(
    analysis: str,
    name: str,
    statistic: Statistic,
    table: PairTable,
    *,
    draws: int,
    seed: int,
    better: Better = "higher",
) -> Score | None:
    """Measure, leave out episodes, and permute codes.

    Args:
        analysis: who measures.
        name: of the metric.
        statistic: what is measured.
        table: the pairs.
        draws: permutations; `MAX_DRAWS` at most.
        seed: of the permutations.
        better: which side is better.

    Returns:
        None where the statistic cannot be had of these pairs.
    """
    codes, every = table.discrete, np.arange(len(table))

    def measured(rows: Rows) -> float:
        return statistic(codes[rows], rows)

    def permuted(rng: np.random.Generator) -> float:
        return statistic(codes[shuffled_rows(table.episode, table.dataset, rng)], every)

    interval = jackknife_interval(measured, table.episode)
    if np.isnan(interval.value):
        return None
    metric = interval.metric(name, n=len(np.unique(table.episode)))
    control = null_metric(name, permuted, draws=min(draws, MAX_DRAWS), seed=seed)
    return scored(analysis, metric, control, PERMUTED, better=better)
