"""Two studies of one project: one makes a run that both need, the other waits for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lapa.studies import engine as engine_module
from lapa.studies.children import Ended
from lapa.studies.durations import Durations
from lapa.studies.engine import Engine, missing_runs
from lapa.studies.orders import DATA, RunOrder
from lapa.studies.plan import Plan
from lapa.studies.run_locks import RunLocks
from toys.study_files import make, plan_of


class Nested:
    """MLflow's run of the study, in memory."""

    id = "1"

    def __init__(self, *_: Any) -> None:
        self.status = ""

    def log(self, *_: str, **__: int) -> None:
        """Nobody looks."""

    def end(self, status: str) -> None:
        self.status = status


class Instant:
    """Runs that are done as soon as somebody waits for them."""

    begun: list[str]
    meanwhile: list[Callable[[], None]]
    """What happens elsewhere while nothing can be begun here."""

    def __init__(self, **_: Any) -> None:
        self.running: dict[str, Any] = {}
        self._orders: list[RunOrder] = []

    def start(self, order: RunOrder, further: Mapping[str, str]) -> None:
        self.begun.append(order.name)
        self._orders.append(order)

    def wait(self, seconds: float) -> list[Ended]:
        if not self._orders and self.meanwhile:
            self.meanwhile.pop()()
        ended = [Ended(order, 1.0, 0, Path("x.log")) for order in self._orders]
        self._orders.clear()
        return ended

    def stop(self) -> None:
        """Nothing goes on."""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    params = {"data_root": str(tmp_path / "data")}
    return plan_of(tmp_path, arms=["scratch"], params=params)


def the_data(plan: Plan) -> RunOrder:
    (data,) = (order for order in plan.runs.values() if order.part == DATA)
    return data


def test_a_run_is_locked_by_its_name_until_it_is_released(plan: Plan) -> None:
    one, other = RunLocks(), RunLocks()
    data, (cell,) = the_data(plan), plan.cells.values()
    assert one.claim(data) is None
    owner = other.claim(data)
    assert owner is not None
    assert owner.startswith(f"process {os.getpid()} on ")
    assert other.claim(cell) is None, "other runs go on"
    one.release(data)
    assert other.claim(data) is None
    other.release_all()
    assert one.claim(cell) is None


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_study_waits_for_the_other_and_makes_what_that_did_not(
    plan: Plan,
    succeeds: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other, data, (cell,) = RunLocks(), the_data(plan), plan.cells.values()
    other.claim(data)

    def ends() -> None:
        if succeeds:
            make(data)
        other.release(data)

    Instant.begun, Instant.meanwhile = [], [ends]
    monkeypatch.setattr(engine_module, "Children", Instant)
    monkeypatch.setattr(engine_module, "StudyRun", Nested)
    engine = Engine(
        plan,
        project=tmp_path,
        code="abc",
        jobs=2,
        durations=Durations(tmp_path),
        done=0,
        cells=1,
    )
    engine.carry_out(missing_runs(plan, [cell]))
    assert Instant.begun == ([cell.name] if succeeds else [data.name, cell.name])
    said = capsys.readouterr().err
    assert said.count(f"waits   {data.name}: process {os.getpid()} on ") == 1
    assert RunLocks().claim(data) is None, "nothing stays locked"
