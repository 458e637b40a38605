"""Numbers as text: with their interval where they have one."""

from __future__ import annotations

from lapa.records import Metric

ABSENT = "–"


def percent(metric: Metric | None, *, signed: bool = False) -> str:
    """A share in percent with its interval."""
    if metric is None:
        return ABSENT
    form = "{:+.1f}" if signed else "{:.1f}"
    text = form.format(100 * metric.value)
    if metric.low is None or metric.high is None:
        return text
    return f"{text} [{form.format(100 * metric.low)}, {form.format(100 * metric.high)}]"


def number(metric: Metric | None, digits: int) -> str:
    """A number with its interval."""
    if metric is None:
        return ABSENT
    text = f"{metric.value:.{digits}f}"
    if metric.low is None or metric.high is None:
        return text
    return f"{text} [{metric.low:.{digits}f}, {metric.high:.{digits}f}]"


def decibel(metric: Metric) -> str:
    """A signed number of decibels with its interval."""
    text = f"{metric.value:+.2f} dB"
    if metric.low is None or metric.high is None:
        return text
    return f"{text} [{metric.low:+.2f}, {metric.high:+.2f}]"


def share(value: float | None) -> str:
    """A share in percent without an interval."""
    return ABSENT if value is None else f"{100 * value:.1f}"


def too_few(count: int | None, unit: str = "episode") -> str:
    """Why there is no verdict."""
    return (
        f"{count} {unit} is too few for a verdict"
        if count == 1
        else f"{count} {unit}s are too few for a verdict"
    )
