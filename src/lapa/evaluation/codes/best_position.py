"""How strongly the codes go with some columns: at the position that tells most, over all columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.evaluation.statistics.episode_permutation import shuffled_rows
from lapa.records import Metric

Codes = NDArray[np.int64]
Columns = NDArray[np.int64] | NDArray[np.float64]
Measure = Callable[[Codes, NDArray], float]  # type: ignore[type-arg]
"""Of one code position ``(pair,)`` and one column ``(pair,)``, such as `eta_squared`."""
NULL_DRAWS = 100
PERMUTED = "codes permuted within dataset, episode by episode"


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A strength beside the same of permuted codes."""

    metric: Metric
    """With an interval over episodes."""
    null: Metric
    """Of codes permuted inside each dataset: mean, and the middle 95 %."""


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
    draws: int,
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
        draws: permutations, `NULL_DRAWS` at most.
        seed: of the permutations.
    """
    interval = jackknife_interval(
        lambda rows: best_position(measure, codes[rows], columns[rows]), episodes
    )

    def by_chance(rng: np.random.Generator) -> float:
        return best_position(measure, codes[shuffled_rows(episodes, groups, rng)], columns)

    return Tie(
        metric=interval.metric(name, n=len(np.unique(episodes))),
        null=null_metric(name, by_chance, draws=min(draws, NULL_DRAWS), seed=seed),
    )
