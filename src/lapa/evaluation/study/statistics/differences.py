"""Two arms on the same seeds, subsets and scenes."""

from __future__ import annotations

from dataclasses import replace

from lapa.evaluation.study.statistics.crossed import Estimate
from lapa.evaluation.study.statistics.grid import Grid, common_cells


def paired_grid(first: Grid | None, second: Grid | None) -> Grid | None:
    """``first - second``, scene by scene; None where they have nothing in common."""
    if first is None or second is None or (pair := common_cells(first, second)) is None:
        return None
    return replace(pair[0], values=pair[0].values - pair[1].values)


def verdict(difference: Estimate) -> str:
    """Better or worse only where the interval leaves out zero."""
    if difference.low is None:
        return f"no verdict: {difference.reason}"
    if difference.is_positive:
        return "better"
    return "worse" if difference.is_negative else "no difference shown"
