"""Results on disk: done, missing, or stale with what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.records import CellOutcomes, CellResult
from lapa.refused import RefusedError
from lapa.studies.orders import CellOrder
from lapa.studies.results import (
    AskedFile,
    State,
    read_result,
    state_of,
    without_cell,
    write_result,
)
from toys.study_files import plan_of


def result_of(cell: CellOrder) -> CellResult:
    return CellResult(
        study=cell.study,
        key=cell.key,
        asked=cell.asked,
        runs=dict(cell.runs),
        digests={},
        outcomes={"reach": CellOutcomes(first_seed=7, successes="10", ends={"too late": 1})},
        metrics={},
        seconds=1.5,
    )


def only_cell(folder: Path, **params: object) -> CellOrder:
    (cell,) = plan_of(folder, arms=["scratch"], params=params).cells.values()
    return cell


def test_a_result_of_other_parameters_is_stale(tmp_path: Path) -> None:
    cell = only_cell(tmp_path)
    assert state_of(cell) is State.MISSING
    write_result(result_of(cell), cell.result)
    assert read_result(cell.result) == result_of(cell)
    assert state_of(cell) is State.DONE
    changed = only_cell(tmp_path, **{"finetune.trainer.batch_size": 4})
    assert state_of(changed) is State.STALE


def test_what_has_changed_since_is_said(tmp_path: Path) -> None:
    cell = only_cell(tmp_path)
    asked = AskedFile(cell.result.parent)
    facts = without_cell(cell.configuration.facts(cell.own))
    assert "does not say" in asked.changes(cell.key, facts)
    asked.remember(cell.key, facts)
    changed = only_cell(tmp_path, **{"finetune.trainer.batch_size": 4})
    now = without_cell(changed.configuration.facts(changed.own))
    again = AskedFile(cell.result.parent)
    assert again.changes(cell.key, now) == "finetune.trainer.batch_size was 8, is 4"
    assert "labeled_episodes" not in now["finetune"], "the place in the grid is the key's"


def test_a_file_that_is_no_result_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}")
    with pytest.raises(RefusedError, match=r"x\.json is no result of a cell"):
        read_result(file)
