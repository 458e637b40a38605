"""A study that is killed in the middle goes on with the cells that are missing, and needs no weights for those there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lapa.studies.results import PARAMETERS
from toys.paths import child_environment
from toys.project import Project
from toys.study_files import study_file

pytestmark = pytest.mark.timeout(900)  # a dozen processes on a busy machine

GRID = {
    "params": {
        "recording.workers": 1,
        "evaluation.rollout": {
            "tasks": ["reach"],
            "num_scenes": 2,
            "max_steps": 4,
            "num_videos": 0,
        },
    },
    "budgets": [2, 4],
    "variants": {"default": {}, "broken": {"params": {"finetune.dataset": "tabletop/nowhere"}}},
    "only": [
        {"variants": ["broken"], "arms": ["lapa"], "budgets": []},
        {"arms": ["scratch"], "budgets": [2]},
    ],
    "upstream": False,
}
"""Three cells, and one that cannot be made."""
CELLS = 3


class Studied(Project):
    """A project with a study in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = study_file(folder, **GRID)
        self.results = folder / "results/tiny"

    def command(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "lapa", "study", self.file.name, *options],
            cwd=self.folder,
            env=self.environment | child_environment() | {"MLFLOW_TRACKING_URI": self.tracking_uri},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def study(self, *options: str) -> tuple[int, str]:
        process = self.command(*options)
        said, _ = process.communicate(timeout=600)
        return process.returncode, said

    def kill_when_a_result_is_there(self) -> None:
        process = self.command("--jobs=2")
        deadline = time.monotonic() + 400
        while not self.results.is_dir() or not list(self.results.glob("*.json")):
            assert process.poll() is None, "the study ended before its first result"
            assert time.monotonic() < deadline, "no result"
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)  # the runs, which hold the other end, end with it

    def written(self) -> dict[str, int]:
        return {file.name: file.stat().st_mtime_ns for file in self.results.glob("*.json")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Studied:
    return Studied(tmp_path_factory.mktemp("studied"))


@pytest.fixture(scope="module")
def killed(project: Studied) -> tuple[dict[str, int], int, str]:
    """Results after the kill; then exit code and words of the command that went on."""
    project.kill_when_a_result_is_there()
    before = project.written()
    return before, *project.study("--jobs=2")


def test_only_what_is_missing_is_run_again(
    project: Studied, killed: tuple[dict[str, int], int, str]
) -> None:
    before, _, said = killed
    done = [line.split()[1] for line in said.splitlines() if line.startswith("done ")]
    cells = [name for name in done if name.startswith("in_domain-")]
    assert 0 < len(before) < CELLS
    assert len(cells) == CELLS - len(before)
    assert "data" not in {name.partition("-")[0] for name in done}, "shards were there"
    assert {name: time for name, time in project.written().items() if name in before} == before
    assert len(project.written()) == CELLS


def test_a_run_that_fails_is_reported_and_stops_no_other(
    project: Studied, killed: tuple[dict[str, int], int, str]
) -> None:
    _, code, said = killed
    assert code == 1
    assert "failed: in_domain-scratch-broken-n2-s0-l0" in said
    assert "nowhere" in said, "the last lines of its log say why"


def test_cells_are_nested_in_the_study_and_comparable_by_their_place(
    project: Studied, killed: tuple[dict[str, int], int, str]
) -> None:
    (study,), nested = project.mlflow_runs()
    assert study.info.run_name == "study: tiny"
    cells = [run for run in nested.values() if "budget" in run.data.params]
    places = {(run.data.params["arm"], run.data.params["budget"]) for run in cells}
    assert {("lapa", "2"), ("lapa", "4"), ("scratch", "2")} == places
    assert all("success/reach" in run.data.metrics for run in cells)
    assert {run.data.tags["mlflow.parentRunId"] for run in cells} == {study.info.run_id}


def test_a_result_says_what_it_descends_from_and_nothing_of_this_machine(
    project: Studied, killed: tuple[dict[str, int], int, str]
) -> None:
    files = [*project.results.glob("*.json"), project.results / PARAMETERS]
    assert not [file.name for file in files if str(project.folder) in file.read_text()]
    result = json.loads((project.results / "in_domain-lapa-default-n2-s0-l0.json").read_text())
    assert set(result["runs"]) == {"data", "laq", "foundation", "policy"}
    assert {"shards", "laq", "labels", "foundation", "policy"} <= set(result["digests"])
    assert len(result["outcomes"]["reach"]["successes"]) == 2


def test_with_results_and_without_weights_nothing_is_run(
    project: Studied, killed: tuple[dict[str, int], int, str]
) -> None:
    before = project.written()
    shutil.rmtree(project.folder / "data")
    code, said = project.study("--where=variant=default")
    assert code == 0, said
    assert f"all {CELLS} cells are there: nothing to run" in said
    assert project.written() == before
    assert not list((project.folder / "data").glob("06_models/*"))
