"""Which runs the cells of a study have in common follows from the parameters that decide them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.params.sections import SECTIONS
from lapa.studies import ancestry
from lapa.studies.orders import DATA, POLICY, PRETRAINING, QUANTIZER, UPSTREAM
from toys.study_files import plan_of


def counts(folder: Path, **said: Any) -> dict[str, int]:
    """Runs of a study by part."""
    parts = [order.part for order in plan_of(folder, **said).runs.values()]
    return {part: parts.count(part) for part in parts}


def test_every_section_belongs_to_a_part() -> None:
    parts = (ancestry.DATA, ancestry.QUANTIZER, ancestry.PRETRAINING, ancestry.POLICY)
    known = {name for part in parts for name in part} | {ancestry.INVERSE_DYNAMICS, "arms"}
    assert set(SECTIONS) <= known


def test_budgets_and_subsets_share_everything_but_the_policy(tmp_path: Path) -> None:
    grid = {"arms": ["lapa"], "budgets": [2, 4], "seeds": [0, 1], "subsets": [0, 1, 2]}
    assert counts(tmp_path, **grid) == {
        DATA: 1,
        QUANTIZER: 2,
        UPSTREAM: 2,
        PRETRAINING: 2,
        POLICY: 12,
    }


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ("finetune.head.kind=l1", {}),
        ("evaluation.rollout.num_scenes=5", {}),
        ("foundation.trainer.max_steps=13", {PRETRAINING}),
        ("laq.trainer.max_steps=13", {PRETRAINING, UPSTREAM, QUANTIZER}),
        ("recording.num_episodes=25", {PRETRAINING, UPSTREAM, QUANTIZER, DATA}),
        ("datasets.tabletop.recording.seed=5", {PRETRAINING, UPSTREAM, QUANTIZER, DATA}),
        ("evaluation.probe.folds=3", {UPSTREAM}),
        ("laq.trainer.num_workers=1", None),
    ],
)
def test_a_variant_shares_all_that_lies_above_what_it_changes(
    tmp_path: Path, change: str, more: set[str] | None
) -> None:
    name, value = change.split("=")
    params = {name: int(value) if value.isdecimal() else value}
    variants = {"default": {}, "other": {"params": params}}
    runs = counts(tmp_path, arms=["lapa"], variants=variants)
    assert {part for part, count in runs.items() if count == 2} == (more or set()) | {POLICY}
    cells = plan_of(tmp_path, arms=["lapa"], variants=variants).cells.values()
    assert len({cell.asked for cell in cells}) == (1 if more is None else 2)


def test_an_untrained_backbone_needs_the_data_alone(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, arms=["scratch"], seeds=[0, 1])
    assert counts(tmp_path, arms=["scratch"], seeds=[0, 1]) == {DATA: 1, POLICY: 2}
    assert all(set(cell.runs) == {DATA, POLICY} for cell in plan.cells.values())


def test_settings_that_watch_the_same_share_the_quantiser_whatever_the_robot_is(
    tmp_path: Path,
) -> None:
    robot = {"datasets.robot": {"kind": "simulator"}, "finetune.dataset": "robot"}
    settings = {"one": {"env": "test"}, "two": {"env": "test", "params": robot}}
    runs = counts(tmp_path, arms=["lapa"], settings=settings)
    assert runs == {DATA: 2, QUANTIZER: 1, UPSTREAM: 1, PRETRAINING: 1, POLICY: 2}


def test_data_are_made_when_every_shard_set_is_there(tmp_path: Path) -> None:
    robot = {"datasets.robot": {"kind": "simulator"}, "finetune.dataset": "robot"}
    params = {**robot, "data_root": str(tmp_path / "data")}
    plan = plan_of(tmp_path, arms=["scratch"], params=params)
    (data,) = (order for order in plan.runs.values() if order.part == DATA)
    assert data.outputs == ("mixture", "tabletop.clip_shards", "robot.clip_shards")
    for name in data.outputs:
        assert not data.is_made
        place = Path(data.catalog[name].folder)
        place.mkdir(parents=True)
        (place / "record.json").write_text("{}")
    assert data.is_made


def test_a_cell_takes_from_other_runs_what_they_made(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, arms=["lapa"], budgets=[3], seeds=[4], subsets=[5])
    (cell,) = plan.cells.values()
    given = cell.parameters
    assert given["reuse"] == {
        "data": cell.runs[DATA],
        "laq": cell.runs[QUANTIZER],
        "foundation": cell.runs[PRETRAINING],
        "labels": cell.runs[PRETRAINING],
    }
    assert given["finetune"]["labeled_episodes"] == 3
    assert given["laq"]["trainer"] == {"seed": 4, "num_threads": 1}
    assert given["finetune"]["trainer"] == {"seed": 5, "num_threads": 1}
    assert given["run"] == cell.name == f"{cell.key.name}-{cell.asked[:8]}"
    assert [order.part for order in plan.ancestors_first([cell])] == [
        DATA,
        QUANTIZER,
        UPSTREAM,
        PRETRAINING,
        POLICY,
    ]
