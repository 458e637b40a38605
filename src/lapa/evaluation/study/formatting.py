"""Estimates of a study as text."""

from __future__ import annotations

import math

from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.study.statistics.crossed import Estimate

NO_BREAK = "\N{NO-BREAK SPACE}"
"""Keeps an interval on one line."""


def percent(
    estimate: Estimate | None, *, signed: bool = False, digits: int = 1, between: str = "\n"
) -> str:
    """A share in percent with its interval.

    Args:
        estimate: None is shown as absent, NaN as its reason.
        signed: with a plus sign.
        digits: after the decimal point.
        between: stands before the interval; a line break in tables.
    """
    if estimate is None:
        return ABSENT
    return scaled(
        estimate, factor=100, form=f"{{:{'+' if signed else ''}.{digits}f}}", between=between
    )


def plain(estimate: Estimate | None, *, digits: int, between: str = "\n") -> str:
    """A number with its interval."""
    return ABSENT if estimate is None else scaled(estimate, 1, f"{{:.{digits}f}}", between)


def scaled(estimate: Estimate, factor: float, form: str, between: str) -> str:
    """A number times a factor in a format, with its interval if it has one."""
    if math.isnan(estimate.value):
        return estimate.reason
    text = form.format(factor * estimate.value)
    if estimate.low is None or estimate.high is None:
        return text
    low, high = (form.format(factor * end) for end in (estimate.low, estimate.high))
    return f"{text}{between}[{low},{NO_BREAK}{high}]"


def joined(names: list[str]) -> str:
    """Names as a list in words."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
