"""One process runs here, several under torchrun, and Slurm's numbers must agree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lapa.distributed.launch import check_allocation, launch


@pytest.fixture
def _tasks_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(__file__).parents[1])
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)


@pytest.mark.usefixtures("_tasks_importable")
def test_one_process_runs_in_this_interpreter() -> None:
    assert launch("toys.launch_tasks:add", {"left": 1, "right": 2}) == {
        "sum": 3,
        "process": os.getpid(),
    }


@pytest.mark.usefixtures("_tasks_importable")
def test_two_processes_return_rank_zeros_result() -> None:
    assert launch("toys.launch_tasks:sum_of_ranks", {"offset": 10}, devices=2) == {
        "total": 21,
        "world": 2,
    }


@pytest.mark.usefixtures("_tasks_importable")
def test_a_failing_rank_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"toys\.launch_tasks:fail on 1 x 2 processes"):
        launch("toys.launch_tasks:fail", {}, devices=2)


def test_malformed_task() -> None:
    with pytest.raises(ValueError, match=r"package\.module:function"):
        launch("lapa.distributed.launch", {})


def test_several_nodes_need_slurm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    with pytest.raises(ValueError, match="2 nodes asked for outside a Slurm allocation"):
        launch("toys.launch_tasks:add", {}, devices=1, nodes=2)


def test_slurm_mismatch_shows_both_numbers() -> None:
    given = {"SLURM_JOB_NUM_NODES": "2", "SLURM_NTASKS_PER_NODE": "8"}
    check_allocation(given, devices=8, nodes=2)
    with pytest.raises(ValueError, match=r"`trainer\.devices` is 4 but SLURM_NTASKS_PER_NODE is 8"):
        check_allocation(given, devices=4, nodes=2)
    with pytest.raises(ValueError, match=r"`trainer\.nodes` is 1 but SLURM_JOB_NUM_NODES is 2"):
        check_allocation(given, devices=8, nodes=1)
