"""Numbers as text, with and without an interval."""

from __future__ import annotations

from lapa.evaluation.formatting import ABSENT, decibel, number, percent, share, too_few
from lapa.records import Metric

SURE = Metric(name="m", value=0.25, low=0.2, high=0.3, n=9)
UNSURE = Metric(name="m", value=0.25, n=1)


def test_an_interval_is_shown_where_there_is_one() -> None:
    assert percent(SURE) == "25.0 [20.0, 30.0]"
    assert percent(SURE, signed=True) == "+25.0 [+20.0, +30.0]"
    assert number(SURE, 2) == "0.25 [0.20, 0.30]"
    assert decibel(SURE) == "+0.25 dB [+0.20, +0.30]"
    assert [percent(UNSURE), number(UNSURE, 1), decibel(UNSURE)] == ["25.0", "0.2", "+0.25 dB"]


def test_what_is_absent_is_a_dash() -> None:
    assert {percent(None), number(None, 2), share(None)} == {ABSENT}
    assert share(0.5) == "50.0"


def test_too_few_agrees_in_number() -> None:
    assert too_few(1) == "1 episode is too few for a verdict"
    assert too_few(3, "scene") == "3 scenes are too few for a verdict"
