"""Open loop on a policy in miniature: baselines, the target, means of both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.evaluation.blocks import Rows, opened
from lapa.evaluation.finding import find, read_findings
from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.records import EvaluationReport, Metric
from toys.world import World


@pytest.fixture(scope="module")
def report(world: World, tmp_path_factory: pytest.TempPathFactory) -> EvaluationReport:
    params = world.params.model_copy(update={"rollout": None})
    out = tmp_path_factory.mktemp("policy")
    return evaluate_policy(
        policy=world.policies["lapa"], shards=world.shards, params=params, out=out
    )


def _named(report: EvaluationReport, subject: str) -> dict[str, Metric]:
    return {metric.name: metric for metric in report.metrics[subject]}


def _errors(report: EvaluationReport, subject: str) -> list[Metric]:
    return [metric for metric in report.metrics[subject] if metric.name.startswith("action/")]


def test_the_policy_stands_beside_every_baseline(report: EvaluationReport) -> None:
    assert set(report.metrics) == {"policy", "predict_mean", "repeat_last", "nearest_neighbor"}
    own = _named(report, "policy")
    for baseline in ("predict_mean", "repeat_last", "nearest_neighbor"):
        other = _named(report, baseline)["action/mse_normalized"]
        difference = own[f"action/mse_normalized_minus/{baseline}"]
        assert difference.value == pytest.approx(own["action/mse_normalized"].value - other.value)


def test_every_number_has_an_interval_over_episodes(report: EvaluationReport) -> None:
    for subject in report.metrics:
        for metric in _errors(report, subject):
            assert metric.n == 6
            assert metric.low is not None, metric.name
            assert metric.high is not None, metric.name
            assert metric.low <= metric.value + 1e-12
            assert metric.value <= metric.high + 1e-12


def test_means_of_both_sides_are_there(report: EvaluationReport) -> None:
    own = _named(report, "policy")
    for dimension in ("dx", "suction"):
        for side in ("true", "predicted"):
            assert f"action/mean_{side}/{dimension}" in own
            assert own[f"action/std_{side}/{dimension}"].value >= 0
    assert {"action_means.png", "actions.png"} <= set(report.plots)


def test_single_episodes_are_drawn_over_time(report: EvaluationReport) -> None:
    drawn = [file for file in report.plots if file.startswith("actions_of_episode_")]
    assert drawn == [f"actions_of_episode_{place}.png" for place in range(3)]
    assert all((Path(report.path) / file).stat().st_size > 1000 for file in drawn)


def test_the_finding_says_dataset_and_verdict(report: EvaluationReport) -> None:
    finding = find(read_findings(report), "action error on held-out episodes")
    assert finding is not None
    texts = [getattr(block, "text", "") for block in finding.blocks]
    assert any(text.startswith("Actions of tabletop: ") for text in texts)
    target, beside, *_ = [b.table for b in opened(finding.blocks) if isinstance(b, Rows)]
    assert target.head[-1] == "target < 0.05"
    assert target.rows[0][0] == "tabletop"
    assert target.rows[0][-1].startswith("fail")
    assert len(beside.rows) == 4


def test_fewer_episodes_are_predicted_if_asked(world: World, tmp_path: Path) -> None:
    open_loop = world.params.open_loop.model_copy(update={"max_episodes": 3})
    params = world.params.model_copy(update={"rollout": None, "open_loop": open_loop})
    report = evaluate_policy(
        policy=world.policies["lapa"], shards=world.shards, params=params, out=tmp_path
    )
    assert {metric.n for metric in _errors(report, "policy")} == {3}
