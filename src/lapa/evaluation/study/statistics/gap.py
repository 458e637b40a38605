"""The share of the gap closed: (arm - scratch) / (action_pretrained - scratch)."""

from __future__ import annotations

import numpy as np
from scipy import stats

from lapa.evaluation.study.statistics.crossed import (
    LEVEL,
    Estimate,
    Margins,
    estimate,
    margins,
    standard_error,
    too_few,
)
from lapa.evaluation.study.statistics.differences import paired_grid
from lapa.evaluation.study.statistics.grid import Grid, common_cells

SHARES = np.linspace(-2.0, 4.0, 6001)
"""The shares that are tried; an interval that leaves this range says nothing."""


def gap_closed(arm: Grid, lower: Grid, upper: Grid) -> Estimate | None:
    """Share of the way from ``lower`` to ``upper`` that the arm goes, with Fieller's interval.

    A share r belongs to the interval if (arm - lower) - r (upper - lower) is compatible with zero by the t
    test of `standard_error` (Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x). Unlike a
    quotient of draws it stays right where the denominator is uncertain.

    Returns:
        None where the three have no cells in common; no value (NaN) and a reason where the gap itself is not
        clearly above zero, because a share of nothing is nothing.
    """
    if (common := common_cells(arm, lower, upper)) is None:
        return None
    gained, gap = paired_grid(common[0], common[1]), paired_grid(common[2], common[1])
    if gained is None or gap is None:
        return None
    if reason := too_few(gap):
        return _share_alone(margins(gained), margins(gap), reason)
    if not estimate(gap).is_positive:
        return Estimate(value=float("nan"), reason="the gap is not clearly above zero")
    if not any(np.ptp(axis) for axis in margins(gained).axes):
        return _all_alike(estimate(gained), margins(gap))
    return _fieller(margins(gained), margins(gap))


def _all_alike(gained: Estimate, gap: Margins) -> Estimate:
    """An arm that ended like ``lower`` everywhere: what `estimate` leaves open, as a share of the gap."""
    low, high = (None if end is None else end / gap.value for end in (gained.low, gained.high))
    return Estimate(value=gained.value / gap.value, low=low, high=high)


def _share_alone(gained: Margins, gap: Margins, reason: str) -> Estimate:
    if gap.value <= 0:
        return Estimate(value=float("nan"), reason="the gap is not above zero")
    return Estimate(value=gained.value / gap.value, reason=reason)


def _fieller(gained: Margins, gap: Margins) -> Estimate:
    share = gained.value / gap.value
    rest = gained.value - SHARES * gap.value
    error, degrees = standard_error(
        [up - SHARES[:, None] * whole for up, whole in zip(gained.axes, gap.axes, strict=True)]
    )
    accepted = np.abs(rest) <= stats.t.ppf((1 + LEVEL) / 2, degrees) * error + 1e-12
    if accepted[0] or accepted[-1] or not accepted.any():
        return Estimate(value=share, reason="the share is too uncertain for an interval")
    inside = SHARES[accepted]
    return Estimate(value=share, low=min(share, inside[0]), high=max(share, inside[-1]))
