"""How strongly the codes go with some columns: at the position that tells most, over all columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.permuted_score import permuted_score
from lapa.evaluation.score import Score

Codes = NDArray[np.int64]
Measure = Callable[[Codes, NDArray[Any]], float]
"""Of one code position ``(pair,)`` and one column ``(pair,)``, such as `eta_squared`."""


def best_position(measure: Measure, codes: Codes, columns: NDArray[Any]) -> float:
    """Mean over ``columns (pair, column)`` of the strength at the best position of ``codes (pair, code)``.

    The best one, because a code need not say everything twice: dx may be in one position, dy in another.
    NaN without columns.
    """
    if not columns.shape[1]:
        return float("nan")
    best = [max(measure(code, column) for code in codes.T) for column in columns.T]
    return float(np.mean(best))


def best_position_score(
    analysis: str,
    name: str,
    measure: Measure,
    table: PairTable,
    columns: NDArray[Any],
    *,
    draws: int,
    seed: int,
) -> Score | None:
    """`best_position` of a table's codes beside that of permuted codes.

    Args:
        analysis: who measures.
        name: of the metric.
        measure: strength of one code position and one column.
        table: the pairs.
        columns: ``(pair, column)``.
        draws: permutations.
        seed: of the permutations.
    """

    def strength(codes: Codes, rows: NDArray[np.int64]) -> float:
        return best_position(measure, codes, columns[rows])

    return permuted_score(analysis, name, strength, table, draws=draws, seed=seed)
