"""How strongly the codes go with some columns: at the position that tells most, over all columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.statistics.any_statistic import null_metric, rows_interval
from lapa.records import Metric

Codes = NDArray[np.int64]
Columns = NDArray[np.int64] | NDArray[np.float64]
Measure = Callable[[Codes, NDArray], float]  # type: ignore[type-arg]
"""Of one code position ``(pair,)`` and one column ``(pair,)``, such as `eta_squared`."""
MAX_RESAMPLES = 200
NULL_DRAWS = 100


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A strength beside the same of permuted codes."""

    metric: Metric
    """With an interval over episodes."""
    null: Metric
    """Of codes permuted across the pairs of each dataset: mean, and the middle 95 %."""


def best_position(measure: Measure, codes: Codes, columns: Columns) -> float:
    """Mean over ``columns (pair, column)`` of the strength at the best position of ``codes (pair, code)``.

    The best one, because a code need not say everything twice: dx may be in one position, dy in another.
    """
    best = [max(measure(code, column) for code in codes.T) for column in columns.T]
    return float(np.mean(best))


def measured_tie(
    name: str,
    measure: Measure,
    codes: Codes,
    columns: Columns,
    episodes: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Tie:
    """Measure `best_position`, its interval over episodes, and what permuted codes give.

    Args:
        name: of the metric.
        measure: strength of one code position and one column.
        codes: ``(pair, code)``; whole sequences are one column.
        columns: ``(pair, column)``, one at least.
        episodes: ``(pair,)``.
        groups: ``(pair,)``: number of the dataset. Codes are permuted inside it, so that codes which merely
            name the robot are no better than chance.
        resamples: bootstrap draws, `MAX_RESAMPLES` at most.
        seed: of draws and permutations.
    """
    interval = rows_interval(
        lambda rows: best_position(measure, codes[rows], columns[rows]),
        episodes,
        resamples=min(resamples, MAX_RESAMPLES),
        seed=seed,
        centered=True,
    )
    return Tie(
        metric=interval.metric(name, n=len(np.unique(episodes))),
        null=null_metric(
            name,
            lambda rng: best_position(measure, permuted(codes, groups, rng), columns),
            draws=min(resamples, NULL_DRAWS),
            seed=seed,
        ),
    )


def permuted(
    codes: NDArray[np.int64], groups: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Give every pair the codes of another pair of its group."""
    return another_pairs(codes, seed=int(rng.integers(2**31)), group=groups)
