"""What a run's process hands on to the result of its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.records import CellOutcomes, CellResult
from lapa.studies import child, spent
from lapa.studies import collect as collect_module
from lapa.studies.orders import CellOrder
from lapa.studies.results import read_result
from toys.study_files import plan_of


def collected(order: CellOrder, *, seconds: float, code: str) -> CellResult:
    return CellResult(
        study=order.study,
        key=order.key,
        asked=order.asked,
        runs=dict(order.runs),
        digests={},
        outcomes={"reach": CellOutcomes(first_seed=7, successes="1")},
        metrics={},
        seconds=seconds,
        commit=code,
    )


def test_a_result_has_the_seconds_of_all_pieces_and_the_commit_of_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(tmp_path, arms=["scratch"], params={"data_root": str(tmp_path / "data")})
    (cell,) = plan.cells.values()
    monkeypatch.chdir(tmp_path)
    for name in ("_write_to", "_end_with_parent", "bootstrap_project", "describe_cell"):
        monkeypatch.setattr(child, name, lambda *_: None)
    monkeypatch.setattr(collect_module, "collect", collected)
    clock = iter([0.0, 20.0, 100.0, 105.0])
    monkeypatch.setattr(spent.time, "perf_counter", lambda: next(clock))
    common: dict[str, Any] = {
        "order": cell,
        "further": {},
        "project": tmp_path,
        "code": "abc1234",
        "log": tmp_path / "x.log",
        "threads": 1,
    }

    def stopped(*_: object) -> None:
        raise SystemExit(143)

    monkeypatch.setattr(child, "_run", stopped)
    with pytest.raises(SystemExit):
        child.carry_out(**common)
    assert read_result(cell.result) is None
    monkeypatch.setattr(child, "_run", lambda *_: None)
    child.carry_out(**common)
    result = read_result(cell.result)
    assert result is not None
    assert (result.seconds, result.commit) == (25.0, "abc1234")
