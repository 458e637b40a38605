"""The sentences follow the intervals, whichever way they point."""

from __future__ import annotations

import pytest

from lapa.evaluation.codes.probe_verdicts import ProbeVerdict, probe_summary, probe_verdicts
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.sections.backbone_accuracy import accuracy_sentence
from lapa.evaluation.sections.error_by_arm import error_sentence
from lapa.evaluation.sections.reconstruction import code_sentences
from lapa.evaluation.sections.success_by_arm import success_sentence, wins_sentence
from lapa.evaluation.statistics.episode_bootstrap import Interval
from lapa.records import Metric


def _metric(name: str, value: float, low: float, high: float) -> Metric:
    return Metric(name=name, value=value, low=low, high=high, n=200)


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
    rates = {"lapa": _metric("reach", 0.6, 0.5, 0.7), "scratch": _metric("reach", 0.4, 0.3, 0.5)}
    difference = _metric("d", (low + high) / 2, low, high)
    sentence = success_sentence("reach", "lapa", "scratch", rates, difference)
    assert words in sentence
    assert "60.0 % [50.0, 70.0] of 200 scenes" in sentence


def test_ignored_codes_are_called_ignored() -> None:
    gain = _metric("psnr_gain_over_copy", 2.0, 1.8, 2.2)
    ignored = code_sentences([gain, _metric("code_dependence", 0.01, -0.01, 0.03)])
    assert "does not use the codes" in ignored[1]
    used = code_sentences([gain, _metric("code_dependence", 2.5, 2.2, 2.8)])
    assert "uses the codes" in used[1]
    copying = code_sentences(
        [_metric("psnr_gain_over_copy", 0.0, -0.1, 0.1), _metric("code_dependence", 0, 0, 0)]
    )
    assert "not better than copying" in copying[0]


def _score(
    inputs: str, dimension: str, value: float, low: float | None = None, high: float | None = None
) -> ProbeScore:
    return ProbeScore(
        inputs=inputs,
        kind="linear",
        dimension=dimension,
        interval=Interval(value=value, low=low, high=high),
        episodes=20,
        samples=200,
    )


def test_codes_that_only_repeat_the_state_tell_no_more() -> None:
    verdicts = probe_verdicts(
        [
            _score("codes", "dx", 0.9, 0.85, 0.93),
            _score("state", "dx", 0, 0, 0),
            _score("random_codes", "dx", 0.01, 0, 0.02),
            _score("codes", "dz", 0.58, 0.5, 0.62),
            _score("state", "dz", 0.6, 0.55, 0.65),
        ]
    )
    assert [verdict.tells for verdict in verdicts] == [True, False]
    assert "About dx the codes tell more than untrained codes" in verdicts[0].sentence
    assert "About dz the codes tell no more than the state alone" in verdicts[1].sentence


def test_untrained_backbone_says_nothing() -> None:
    assert accuracy_sentence("scratch", {}) is None


def test_without_an_interval_nothing_is_concluded() -> None:
    def bare(name: str, value: float) -> Metric:
        return Metric(name=name, value=value, n=1)

    rates = {"lapa": _metric("reach", 1.0, 0.2, 1.0), "scratch": _metric("reach", 0.0, 0.0, 0.8)}
    sentences = [
        success_sentence("reach", "lapa", "scratch", rates, bare("d", 1.0)),
        error_sentence("lapa", "scratch", rates, bare("d", -0.5)),
        *code_sentences([bare("psnr_gain_over_copy", 3.0), bare("code_dependence", 2.0)]),
        *(verdict.sentence for verdict in probe_verdicts([_score("codes", "dx", 0.9)])),
    ]
    for sentence in sentences:
        assert "too few" in sentence
        for verdict in ("beats", "better", "closer", "uses the codes", "tell more"):
            assert verdict not in sentence


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.3, -0.1, "are closer to the true ones than those of scratch"),
        (-0.3, 0.1, "are no closer to the true ones than those of scratch"),
        (0.1, 0.3, "are farther from the true ones than those of scratch"),
    ],
)
def test_arms_are_judged_by_paired_errors(low: float, high: float, words: str) -> None:
    errors = {"lapa": _metric("e", 0.3, 0.2, 0.4), "scratch": _metric("e", 0.5, 0.4, 0.6)}
    difference = _metric("d", (low + high) / 2, low, high)
    assert words in error_sentence("lapa", "scratch", errors, difference)


def test_many_tasks_are_counted() -> None:
    differences = [_metric(f"t{i}", 0.2, 0.1, 0.3) for i in range(5)]
    differences.append(_metric("t5", -0.2, -0.3, -0.1))
    sentence = wins_sentence("lapa", "scratch", differences)
    assert sentence == "lapa beats scratch on 5 of 6 tasks, is worse on 1."


def test_many_dimensions_make_one_sentence() -> None:
    verdicts = [
        ProbeVerdict(dimension=f"j{i}", tells=i < 2, sentence=f"About j{i}.") for i in range(26)
    ]
    assert probe_summary(verdicts) == (
        "The codes tell more than every control about 2 of 26 action dimensions: j0, j1."
    )
    assert probe_summary([]) is None
