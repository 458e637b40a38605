"""Arms and baselines in one table, and words that follow the intervals."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.blocks import Rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.policies.arms import ArmsEvidence
from lapa.evaluation.sections.arms_beside_baselines import ArmsBesideBaselines
from lapa.params.evaluation import EvaluationParams
from lapa.records import EvaluationReport, Metric

MSE, MAE = "action/mse_normalized", "action/mae_normalized"
MINUS = "action/mse_normalized_minus"


def _metric(name: str, value: float, spread: float = 0.01) -> Metric:
    return Metric(name=name, value=value, low=value - spread, high=value + spread, n=8)


def _report(folder: Path, mse: float, *, mean: float = 0.2, last: float = 0.02) -> EvaluationReport:
    own = (
        _metric(MSE, mse),
        _metric(MAE, 0.1),
        _metric(f"{MINUS}/predict_mean", mse - mean),
        _metric(f"{MINUS}/repeat_last", mse - last),
    )
    metrics = {
        "policy": own,
        "predict_mean": (_metric(MSE, mean), _metric(MAE, 0.3)),
        "repeat_last": (_metric(MSE, last), _metric(MAE, 0.05)),
    }
    return EvaluationReport(path=str(folder), metrics=metrics)


@pytest.fixture
def finding(tmp_path: Path) -> Finding:
    arms = {"lapa": _report(tmp_path, 0.1), "scratch": _report(tmp_path, 0.195)}
    evidence = ArmsEvidence(
        params=EvaluationParams(rollout=None),
        out=tmp_path,
        analyses=Analyses(on_error="raise"),
        arms=arms,
        foundation={},
        successes=[],
        errors=[],
    )
    result = ArmsBesideBaselines().run(evidence)
    assert result is not None
    return result


def test_every_arm_and_baseline_has_a_row(finding: Finding) -> None:
    (block,) = finding.blocks
    assert isinstance(block, Rows)
    labels = [row[0] for row in block.table.rows]
    assert labels == ["lapa", "scratch", "the mean labelled action", "the previous true action"]
    assert block.table.rows[0][1:] == (
        "8",
        "0.1000 [0.0900, 0.1100]",
        "0.1000 [0.0900, 0.1100]",
        "-0.1000 [-0.1100, -0.0900]",
        "0.0800 [0.0700, 0.0900]",
    )
    assert block.table.rows[2][-2:] == ("–", "–")
    assert {len(row) for row in block.table.rows} == {len(block.table.head)}


def test_words_follow_the_intervals(finding: Finding) -> None:
    mean, last = finding.sentences
    assert "minus that of the mean labelled action" in mean
    assert (
        "lapa -0.100 [-0.110, -0.090] (closer), scratch -0.005 [-0.015, 0.005] (no closer)" in mean
    )
    assert "lapa 0.080 [0.070, 0.090] (farther)" in last


def test_without_action_errors_it_says_so(tmp_path: Path) -> None:
    analyses = Analyses(on_error="raise")
    evidence = ArmsEvidence(
        params=EvaluationParams(rollout=None),
        out=tmp_path,
        analyses=analyses,
        arms={"lapa": EvaluationReport(path=str(tmp_path), metrics={"policy": ()})},
        foundation={},
        successes=[],
        errors=[],
    )
    assert ArmsBesideBaselines().run(evidence) is None
    assert analyses.not_measured == {"arms beside baselines": "no arm has an action error"}
