"""A number that can be judged: a metric beside the control it must beat, and the verdict."""

from __future__ import annotations

from typing import Literal

from lapa.records import Metric, Record

Better = Literal["higher", "lower"]
Verdict = Literal["passes", "fails", "unclear"]


class Score(Record):
    """One line of the scorecard."""

    analysis: str
    """Who measured it, in words."""
    metric: Metric
    control: Metric | None = None
    """The same metric of what has no knowledge; None where a fixed bound is the control."""
    control_is: str
    """What the control is, in words: ``codes permuted across pairs``, ``chance``."""
    better: Better
    verdict: Verdict
    """``unclear`` where there are too few episodes, or the interval holds the control."""


def scored(
    analysis: str,
    metric: Metric,
    control: Metric | float | None,
    control_is: str,
    *,
    better: Better = "higher",
) -> Score:
    """Judge a metric by its 95 % interval: on the better side of the control, on the worse, or neither.

    Args:
        analysis: who measured it.
        metric: with its interval; without one the verdict is ``unclear``.
        control: a metric, of which the end of the interval towards ``metric`` counts (its value where it has
            none), a fixed bound, or None for the bound 0.
        control_is: the control in words.
        better: which side is better.
    """
    verdict = _verdict(metric, _ends(control), better)
    known = control if isinstance(control, Metric) else None
    if isinstance(control, float | int):
        known = Metric(name=metric.name, value=float(control))
    return Score(
        analysis=analysis,
        metric=metric,
        control=known,
        control_is=control_is,
        better=better,
        verdict=verdict,
    )


def _ends(control: Metric | float | None) -> tuple[float, float]:
    if not isinstance(control, Metric):
        return float(control or 0.0), float(control or 0.0)
    low = control.value if control.low is None else control.low
    high = control.value if control.high is None else control.high
    return low, high


def _verdict(metric: Metric, control: tuple[float, float], better: Better) -> Verdict:
    if metric.low is None or metric.high is None:
        return "unclear"
    above, below = metric.low > control[1], metric.high < control[0]
    if better == "lower":
        above, below = below, above
    if above:
        return "passes"
    return "fails" if below else "unclear"
