"""One process runs here, several under torchrun, and Slurm's numbers must agree."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from lapa.distributed.launch import launch
from lapa.params.base import TrainerParams
from lapa.records import PairSpec
from lapa.stopped import StoppedError
from toys.faults import Faults


@pytest.mark.usefixtures("launched_here")
def test_one_process_runs_in_this_interpreter() -> None:
    assert launch("toys.launch_tasks:add", {"left": 1, "right": 2}) == {
        "sum": 3,
        "process": os.getpid(),
    }


@pytest.mark.usefixtures("launched_here")
def test_two_processes_return_rank_zeros_result() -> None:
    assert launch("toys.launch_tasks:sum_of_ranks", {"offset": 10}, devices=2) == {
        "total": 21,
        "world": 2,
    }


@pytest.mark.usefixtures("launched_here")
@pytest.mark.parametrize("devices", [1, 2])
def test_records_parameters_and_paths_arrive_as_such(devices: int, tmp_path: Path) -> None:
    arguments = {
        "pairs": PairSpec(horizon_s=0.3),
        "trainer": TrainerParams(max_steps=7, batch_size=1),
        "work": tmp_path,
        "missing": None,
    }
    arrived = launch("toys.launch_tasks:types_of_what_arrives", arguments, devices=devices)
    assert arrived == ["PairSpec", "TrainerParams", "NoneType", "True", "7"]


@pytest.mark.usefixtures("launched_here")
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


@pytest.mark.usefixtures("launched_here")
@pytest.mark.parametrize("to_parent", [True, False], ids=["the command", "one rank"])
def test_a_signal_ends_all_ranks_after_the_same_step(tmp_path: Path, to_parent: bool) -> None:
    def stop() -> None:
        while len(list(tmp_path.glob("started-*"))) < 2:
            time.sleep(0.05)
        if to_parent:
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGUSR1)  # a batch system asks again
            return
        os.kill(int((tmp_path / "pid-1").read_text()), signal.SIGUSR1)

    asked = []

    def leave(signum: int, frame: object) -> None:
        asked.append(signum)
        if len(asked) == 1:
            raise StoppedError(signum)

    before = signal.signal(signal.SIGUSR1, leave)
    try:
        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(StoppedError) as stopped:
            launch("toys.launch_tasks:work_until_stopped", {"work": tmp_path}, devices=2)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert stopped.value.code == 128 + signal.SIGUSR1
    steps = [(tmp_path / f"stopped-{rank}").read_text() for rank in range(2)]
    assert steps[0] == steps[1]


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is of Linux")
@pytest.mark.usefixtures("launched_here")
def test_a_command_that_is_killed_leaves_no_rank_behind(tmp_path: Path, faults: Faults) -> None:
    given = ("toys.launch_tasks:work_until_stopped", {"work": tmp_path})
    fork = multiprocessing.get_context("fork")
    command = fork.Process(target=launch, args=given, kwargs={"devices": 2})
    command.start()
    while len(list(tmp_path.glob("started-*"))) < 2:
        time.sleep(0.05)
    pids = [int((tmp_path / f"pid-{rank}").read_text()) for rank in range(2)]
    command.kill()
    command.join()
    end = time.monotonic() + 30
    while any(map(lives, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(lives, pids))
    assert command.exitcode is not None
    faults.tell(
        "kill -9 of the command alone, 2 processes train",
        happened="its ranks end with it",
        code=command.exitcode,
        intact="nobody else writes in the folder of the rerun",
    )


def lives(pid: int) -> bool:
    """Whether it still works; one that waits for its parent to look does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.is_file() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
