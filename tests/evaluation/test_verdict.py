"""The sentences follow the intervals, whichever way they point."""

from __future__ import annotations

import pytest

from lapa.evaluation.verdict import (
    accuracy_sentence,
    code_sentences,
    probe_sentences,
    success_sentence,
)
from lapa.records import Figure


def _figure(name: str, value: float, low: float, high: float) -> Figure:
    return Figure(name=name, value=value, low=low, high=high, n=200)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.3, "lapa beats scratch"),
        (-0.1, 0.3, "lapa does not beat scratch"),
        (0.0, 0.3, "lapa does not beat scratch"),
        (-0.3, -0.1, "lapa is worse than scratch"),
    ],
)
def test_success_is_judged_by_the_paired_interval(low: float, high: float, words: str) -> None:
    rates = {"lapa": _figure("reach", 0.6, 0.5, 0.7), "scratch": _figure("reach", 0.4, 0.3, 0.5)}
    difference = _figure("d", (low + high) / 2, low, high)
    sentence = success_sentence("reach", "lapa", "scratch", rates, difference)
    assert words in sentence
    assert "60.0 % [50.0, 70.0] of 200 scenes" in sentence


def test_ignored_codes_are_called_ignored() -> None:
    gain = _figure("psnr_gain", 2.0, 1.8, 2.2)
    ignored = code_sentences([gain, _figure("code_dependence", 0.01, -0.01, 0.03)])
    assert "does not use the codes" in ignored[1]
    used = code_sentences([gain, _figure("code_dependence", 2.5, 2.2, 2.8)])
    assert "uses the codes" in used[1]
    copying = code_sentences(
        [_figure("psnr_gain", 0.0, -0.1, 0.1), _figure("code_dependence", 0, 0, 0)]
    )
    assert "not better than copying" in copying[0]


def test_codes_that_only_repeat_the_state_tell_no_more() -> None:
    state = _figure("probe/linear/state/dz", 0.6, 0.55, 0.65)
    codes = [
        _figure("probe/linear/codes/dx", 0.9, 0.85, 0.93),
        _figure("probe/linear/state/dx", 0, 0, 0),
    ]
    codes += [_figure("probe/linear/codes/dz", 0.58, 0.5, 0.62), state]
    sentences = probe_sentences(codes, [_figure("probe/linear/codes/dx", 0.01, 0, 0.02)])
    assert "About dx the codes tell more than untrained codes" in sentences[0]
    assert "About dz the codes tell no more than the state alone" in sentences[1]


def test_untrained_backbone_says_nothing() -> None:
    assert accuracy_sentence("scratch", {}) is None
