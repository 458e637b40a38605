"""What a trial is worth, read from the records of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lapa.records import Checkpoint, EvaluationReport, Metric, PairSpec
from lapa.refused import RefusedError
from lapa.sweeps.objective import value_of
from lapa.sweeps.target import Target, plan_of, target_of
from toys.paths import ROOT
from toys.sweeps import RATE, STEPS, sweep_of

VALUES = {
    "success/reach": 0.5,
    "success/lift": 0.1,
    "success/reach/unseen": 0.9,
    "broken": float("nan"),
}
REPORT = EvaluationReport(
    path="-", metrics={"policy": tuple(Metric(name=n, value=v) for n, v in VALUES.items())}
)
CHECKPOINT = Checkpoint(
    path="-",
    kind="policy",
    step=12,
    digest="0",
    inputs={},
    pair_spec=PairSpec(horizon_s=0.1),
    metrics={"val/mse_normalized": 0.25},
    code_version="0",
)
HELD: dict[str, Any] = {"scratch.policy_report": REPORT, "scratch.policy_checkpoint": CHECKPOINT}


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    sweep = sweep_of(tmp_path)
    target = target_of(sweep, plan_of(sweep, {RATE: 1e-3, STEPS: 12}, ROOT / "conf"))
    monkeypatch.setattr(type(target.order.catalog), "load", lambda _, name: HELD[name])
    return target


def test_a_trial_of_a_policy_is_the_run_of_its_cell_after_the_data(target: Target) -> None:
    assert [order.part for order in target.orders] == ["data", "policy"]
    assert target.order.name.startswith("sweep-scratch-p")


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("policy_report.success/reach", 0.5),
        ("policy_report.success/*", 0.3),
        ("policy_report.success/*/unseen", 0.9),
        ("policy_checkpoint.val/mse_normalized", 0.25),
    ],
)
def test_a_recorded_metric_is_a_figure_or_the_mean_of_several(
    target: Target, metric: str, value: float
) -> None:
    assert value_of(target, metric) == pytest.approx(value)


def test_a_metric_that_no_trial_has_is_refused_with_the_nearest(target: Target) -> None:
    with pytest.raises(RefusedError, match="did you mean 'success/reach'"):
        value_of(target, "policy_report.sucess/reach")


def test_what_is_no_number_is_no_value(target: Target) -> None:
    with pytest.raises(ValueError, match="is nan, expected a finite number"):
        value_of(target, "policy_report.broken")


def test_of_a_logged_metric_the_last_value_counts(target: Target) -> None:
    folder = target.order.scratch / "policy-0123"
    folder.mkdir(parents=True)
    lines = [{"step": step, "val/loss": 1 / step} for step in (2, 4)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "metrics.jsonl").write_text(text + '{"step": 6, "val/lo')
    assert target.curves() == {"val/loss": {2: 0.5, 4: 0.25}}, (
        "a line that is being written is left"
    )
    assert value_of(target, "policy/val/loss") == 0.25
