"""The guard around analyses."""

from __future__ import annotations

import logging

import pytest

from lapa.evaluation.analyses import Analyses, CannotMeasureError


def _declines() -> int:
    raise CannotMeasureError("there is one episode")


def _fails() -> int:
    return dict.fromkeys([1])[2] or 0


def test_what_the_data_does_not_allow_is_listed_and_the_rest_goes_on() -> None:
    analyses = Analyses(on_error="raise")
    assert analyses.run("probe", _declines) is None
    assert analyses.run("usage", lambda: 3) == 3
    assert analyses.not_measured == {"probe": "there is one episode"}


def test_an_unforeseen_error_is_listed_by_class_and_logged_with_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    analyses = Analyses()
    with caplog.at_level(logging.ERROR):
        assert analyses.run("probe", _fails) is None
    assert analyses.not_measured == {"probe": "KeyError: 2"}
    assert "_fails" in caplog.text


def test_a_programming_error_fails_where_tests_ask_for_it() -> None:
    with pytest.raises(KeyError):
        Analyses(on_error="raise").run("probe", _fails)
