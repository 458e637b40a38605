"""Trials while an engine works, with runs that end at once: asked, watched, pruned, told, and killed in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from lapa.refused import RefusedError
from lapa.studies import engine as engine_module
from lapa.studies.children import Ended
from lapa.studies.durations import Durations
from lapa.studies.engine import Engine
from lapa.studies.orders import DATA, POLICY, RunOrder
from lapa.sweeps import trials as trials_module
from lapa.sweeps.file import Sweep
from lapa.sweeps.storage import begun, counted, open_trials
from lapa.sweeps.target import Target, plan_of
from lapa.sweeps.trials import Trials
from toys.paths import ROOT
from toys.study_files import make
from toys.sweeps import RATE, STEPS, sweep_of

LOG = Path("x.log")
WATCHED = "policy/val/mse_normalized"
PRUNER = {"metric": WATCHED, "startup_trials": 2}


class Nested:
    """MLflow's run of the sweep, in memory."""

    id = "1"

    def __init__(self, *_: Any) -> None:
        """Nothing to open."""

    def log(self, unit: str, *, done: int, every: int) -> None:
        assert unit == "trials"
        assert 0 <= done <= every

    def end(self, status: str) -> None:
        """Nobody looks."""


class Processes:
    """Runs that log one line, and end when somebody waits for them a second time."""

    code = 0
    """Exit code of policies."""
    code_of_data = 0
    begun: list[RunOrder]
    most: int
    """Side by side."""

    def __init__(self, **_: Any) -> None:
        self.running: dict[str, Any] = {}
        self._ended: set[str] = set()

    def start(self, order: RunOrder, further: Mapping[str, str]) -> None:
        type(self).begun.append(order)
        self.running[order.name] = Running(order)
        type(self).most = max(self.most, len(self.running))
        if order.part == POLICY:
            train(order, step=6)

    def end(self, name: str) -> None:
        self._ended.add(name)

    def wait(self, seconds: float) -> list[Ended]:
        over = [one for one in self.running.values() if one.looked or one.order.name in self._ended]
        for one in self.running.values():
            one.looked = True
        for one in over:
            del self.running[one.order.name]
            if one.order.part == DATA and not self.code_of_data:
                make(one.order)
        return [Ended(one.order, 1.0, self._code(one.order), LOG) for one in over]

    def stop(self) -> None:
        self.running.clear()

    def _code(self, order: RunOrder) -> int:
        if order.name in self._ended:
            return 143
        return self.code if order.part == POLICY else self.code_of_data


class Running:
    seconds = 1.0

    def __init__(self, order: RunOrder) -> None:
        self.order, self.looked = order, False


def rate_of(order: RunOrder) -> float:
    (value,) = (v for k, v in order.configuration.given["finetune"].items() if k in RATE)
    return float(value)


def train(order: RunOrder, *, step: int) -> None:
    """Log an error that is the smaller the nearer the rate is to 0.002."""
    folder = order.scratch / "policy-0123"
    folder.mkdir(parents=True, exist_ok=True)
    line = {"step": step, "val/mse_normalized": abs(rate_of(order) - 0.002)}
    (folder / "metrics.jsonl").write_text(json.dumps(line) + "\n")


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    Processes.begun, Processes.most, Processes.code, Processes.code_of_data = [], 0, 0, 0
    monkeypatch.setattr(engine_module, "Children", Processes)
    monkeypatch.setattr(engine_module, "StudyRun", Nested)
    monkeypatch.setattr(trials_module, "describe_trial", lambda *_: None)
    monkeypatch.setattr(trials_module, "value_of", worth)


def worth(target: Target, metric: str) -> float:
    return abs(rate_of(target.order) - 0.002)


def carry_out(sweep: Sweep, folder: Path, *, jobs: int = 1) -> tuple[optuna.Study, Trials]:
    study = open_trials(sweep, folder / "trials.db")
    total = sweep.params.n_trials or 0
    trials = Trials(sweep, study, total=total, conf=ROOT / "conf", code="abc")
    engine = Engine(
        plan_of(sweep, {RATE: 1e-3, STEPS: 12}, ROOT / "conf"),
        project=folder,
        code="abc",
        jobs=jobs,
        durations=Durations(folder),
        done=0,
        cells=total,
        feed=trials,
    )
    engine.carry_out([])
    return study, trials


@pytest.fixture(autouse=True)
def _failures_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.studies.progress.StudyProgress.failed", lambda *_: None)


def test_trials_share_the_data_and_go_side_by_side(tmp_path: Path) -> None:
    study, _ = carry_out(sweep_of(tmp_path), tmp_path, jobs=2)
    assert [t.state for t in study.trials] == [TrialState.COMPLETE] * 3
    assert [t.value for t in study.trials] == [abs(t.params[RATE] - 0.002) for t in study.trials]
    parts = [order.part for order in Processes.begun]
    assert parts.count("data") == 1
    assert parts.count(POLICY) == 3
    assert Processes.most == 2
    runs = {order.name for order in Processes.begun if order.part == POLICY}
    assert {trial.user_attrs["run"] for trial in study.trials} == runs


def test_a_hopeless_trial_is_stopped_and_counts(tmp_path: Path) -> None:
    space = {RATE: {"choices": [2e-3, 2.1e-3, 9e-3]}, STEPS: {"choices": [12]}}
    sweep = sweep_of(tmp_path, space=space, sampler="grid", pruner=PRUNER)
    study, trials = carry_out(sweep, tmp_path)
    states = [trial.state for trial in study.trials]
    assert states == [TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED]
    assert study.trials[2].intermediate_values == {6: pytest.approx(7e-3)}
    assert study.best_trial.number == 0
    assert not trials.failed_trials


def test_what_is_logged_may_fall_while_the_metric_is_to_rise(tmp_path: Path) -> None:
    space = {RATE: {"choices": [2e-3, 2.1e-3, 9e-3]}, STEPS: {"choices": [12]}}
    rising = {"name": "policy_report.success/reach", "direction": "maximize"}
    sweep = sweep_of(tmp_path, space=space, sampler="grid", pruner=PRUNER, metric=rising)
    study, _ = carry_out(sweep, tmp_path)
    assert study.trials[2].state is TrialState.PRUNED
    assert study.trials[1].state is TrialState.COMPLETE


def test_trials_with_equal_values_share_a_run(tmp_path: Path) -> None:
    space = {RATE: {"choices": [1e-3]}, STEPS: {"choices": [12]}}
    study, _ = carry_out(sweep_of(tmp_path, space=space, n_trials=2), tmp_path, jobs=2)
    assert len({order.name for order in Processes.begun}) == 2, "data and one policy"
    assert len({trial.value for trial in study.trials}) == 1
    assert len(begun(study)) == 2


def test_failed_trials_are_named_and_made_by_the_next_command(tmp_path: Path) -> None:
    Processes.code = 1
    study, trials = carry_out(sweep_of(tmp_path), tmp_path)
    assert trials.failed_trials == dict.fromkeys(range(3), "its run failed")
    failed = [trial.params for trial in study.trials]
    Processes.code = 0
    study, trials = carry_out(sweep_of(tmp_path), tmp_path)
    assert not trials.failed_trials
    assert [trial.params for trial in counted(study)] == failed
    assert {trial.state for trial in counted(study)} == {TrialState.COMPLETE}


def test_without_the_data_no_trial_is_begun(tmp_path: Path) -> None:
    Processes.code_of_data = 1
    study, trials = carry_out(sweep_of(tmp_path), tmp_path)
    assert [order.part for order in Processes.begun] == ["data"]
    assert [trial.state for trial in study.trials] == [TrialState.FAIL] * 2
    assert all("which it needs, failed" in reason for reason in trials.failed_trials.values())


def test_a_metric_that_no_trial_has_ends_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> float:
        raise RefusedError("trials have no metric")

    monkeypatch.setattr(trials_module, "value_of", absent)
    with pytest.raises(RefusedError, match="no metric"):
        carry_out(sweep_of(tmp_path), tmp_path)
    assert [order.part for order in Processes.begun].count(POLICY) == 1


def test_a_value_that_is_no_number_fails_its_trial_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(target: Target, metric: str) -> float:
        if len(Processes.begun) == 2:
            raise ValueError("it is nan")
        return worth(target, metric)

    monkeypatch.setattr(trials_module, "value_of", broken)
    study, trials = carry_out(sweep_of(tmp_path), tmp_path)
    assert trials.failed_trials == {0: "it is nan"}
    assert [t.state for t in study.trials][1:] == [TrialState.COMPLETE] * 2
