"""A sweep that is killed in the middle goes on with the trial it was at; a hopeless trial is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from toys.paths import child_environment
from toys.project import Project
from toys.sweeps import RATE, STEPS, TINY, sweep_file

pytestmark = pytest.mark.timeout(900)  # a dozen processes on a busy machine

RATES = (3e-3, 2e-3, 1e-6)
"""The last one learns nothing."""
GRID = {
    "sampler": "grid",
    "space": {RATE: {"choices": list(RATES)}, STEPS: {"choices": [150]}},
    "params": {**TINY["params"], "finetune.trainer.checkpoint_every": 10},
    "pruner": {"metric": "policy/val/mse_normalized", "startup_trials": 2},
}


class Swept(Project):
    """A project with a sweep in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = sweep_file(folder, **GRID)

    def command(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "lapa", "sweep", self.file.name],
            cwd=self.folder,
            env=self.environment | child_environment() | {"MLFLOW_TRACKING_URI": self.tracking_uri},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_in_the_second_trial(self) -> None:
        process = self.command()
        deadline = time.monotonic() + 400
        while len(self.trained()) < 1 or not self.training():
            assert process.poll() is None, "the sweep ended before its second trial"
            assert time.monotonic() < deadline, "no second trial"
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)  # the run, which holds the other end, ends with it

    def trained(self) -> list[Path]:
        return list(self.folder.glob("results/tiny/*.json"))

    def training(self) -> list[Path]:
        return list(self.folder.glob("data/.work/sweep-scratch-*/policy-*/resume/step-*.ckpt"))

    def trials(self) -> list[FrozenTrial]:
        (file,) = self.folder.glob("data/08_reporting/sweep-tiny/trials.db")
        return optuna.load_study(study_name="tiny", storage=f"sqlite:///{file}").trials


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return Swept(tmp_path_factory.mktemp("swept"))


@pytest.fixture(scope="module")
def killed(project: Swept) -> tuple[list[FrozenTrial], int, str]:
    """Trials after the kill; then exit code and words of the command that went on."""
    project.kill_in_the_second_trial()
    before, process = project.trials(), project.command()
    said, _ = process.communicate(timeout=600)
    return before, process.returncode, said


Killed = tuple[list[FrozenTrial], int, str]


def test_the_trial_of_the_dead_process_is_begun_again_and_goes_on(
    project: Swept, killed: Killed
) -> None:
    before, code, said = killed
    assert code == 0, said
    first, second = before
    assert (first.state, second.state) == (TrialState.COMPLETE, TrialState.RUNNING)
    assert "trials that were stopped or failed: 1; they go on first" in said
    assert first.user_attrs["run"] not in said, "it is not made again"
    done = {t.params[RATE]: t.state for t in project.trials() if t.state is not TrialState.FAIL}
    assert done == dict(
        zip(RATES, (TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED), strict=True)
    )
    (log,) = project.folder.glob(f"data/.work/sweep-tiny/logs/{second.user_attrs['run']}.log")
    assert "going on after step" in log.read_text()


def test_trials_are_nested_comparable_and_say_that_they_were_pruned(
    project: Swept, killed: Killed
) -> None:
    (sweep,), nested = project.mlflow_runs()
    assert sweep.info.run_name == "sweep: tiny"
    trials = [run for run in nested.values() if "sweep.state" in run.data.tags]
    assert {run.data.tags["mlflow.parentRunId"] for run in trials} == {sweep.info.run_id}
    states = {
        float(r.data.params[RATE]): (r.data.tags["sweep.state"], r.info.status) for r in trials
    }
    assert states == {
        RATES[0]: ("complete", "FINISHED"),
        RATES[1]: ("complete", "FINISHED"),
        RATES[2]: ("pruned", "KILLED"),
    }
    assert sum("objective" in run.data.metrics for run in trials) == 2


def test_there_is_a_page_of_all_trials(project: Swept, killed: Killed) -> None:
    (page,) = project.folder.glob("data/08_reporting/sweep-tiny/sweep.html")
    assert "3 of 3 trials: 2 complete, 1 pruned" in page.read_text()
    assert {file.name for file in page.parent.glob("*.png")} >= {"history.png", "parallel.png"}
