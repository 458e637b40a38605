"""A verdict follows the interval, whichever side is better."""

from __future__ import annotations

import pytest

from lapa.evaluation.score import Verdict, scored
from lapa.records import Metric


def metric(value: float, low: float | None = None, high: float | None = None) -> Metric:
    return Metric(name="r2", value=value, low=low, high=high, n=20)


@pytest.mark.parametrize(
    ("measured", "control", "expected"),
    [
        (metric(0.8, 0.7, 0.9), metric(0.1, 0.0, 0.2), "passes"),
        (metric(0.8, 0.1, 0.9), metric(0.1, 0.0, 0.2), "unclear"),
        (metric(0.1, 0.0, 0.2), metric(0.8, 0.7, 0.9), "fails"),
        (metric(0.8), metric(0.1, 0.0, 0.2), "unclear"),
        (metric(0.8, 0.7, 0.9), 0.5, "passes"),
        (metric(0.8, 0.7, 0.9), None, "passes"),
        (metric(0.8, 0.7, 0.9), metric(0.65), "passes"),
    ],
)
def test_the_whole_interval_must_lie_beyond_the_control(
    measured: Metric, control: Metric | float | None, expected: Verdict
) -> None:
    assert scored("probes", measured, control, "chance").verdict == expected


def test_lower_can_be_better() -> None:
    known, chance = metric(0.1, 0.0, 0.2), metric(0.8, 0.7, 0.9)
    assert scored("entropy", known, chance, "chance", better="lower").verdict == "passes"
    assert scored("entropy", chance, known, "chance", better="lower").verdict == "fails"


def test_a_bound_is_shown_as_the_control() -> None:
    control = scored("probes", metric(0.8, 0.7, 0.9), 0.5, "chance").control
    assert control is not None
    assert (control.name, control.value) == ("r2", 0.5)
