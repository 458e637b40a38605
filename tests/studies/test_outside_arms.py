"""Arms by import path: their cells and runs have the arm's own name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.params.label_sources import QuantizerCodes
from lapa.params.study import StudyParams
from lapa.studies.grid import matching, where_of
from lapa.studies.orders import PRETRAINING
from lapa.studies.plan import Plan
from toys import arm_toy
from toys.study_files import TINY, plan_of

MINE = "toys.arm_toy:SAME_CODES"
GRID: dict[str, Any] = {"arms": ["lapa", MINE, "toys.arm_toy:NO_CODES"]}


def test_cells_and_runs_are_named_after_the_arm_and_choose_it_by_its_path(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, **GRID)
    cells = {key.name: cell for key, cell in plan.cells.items()}
    assert list(cells) == [
        "in_domain-lapa-default-nall-s0-l0",
        "in_domain-same_codes-default-nall-s0-l0",
        "in_domain-no_codes-default-nall-s0-l0",
    ]
    mine = cells["in_domain-same_codes-default-nall-s0-l0"]
    assert mine.result.name == "in_domain-same_codes-default-nall-s0-l0.json"
    assert mine.outputs == ("same_codes.policy_checkpoint", "same_codes.policy_report")
    pretraining = plan.runs[mine.runs[PRETRAINING]]
    assert pretraining.name.startswith("same_codes-s0-")
    assert [order.parameters["arms"] for order in (mine, pretraining)] == [[MINE], [MINE]]
    assert cells["in_domain-lapa-default-nall-s0-l0"].parameters["arms"] == ["lapa"]


def test_such_arms_are_chosen_and_restricted_by_their_name(tmp_path: Path) -> None:
    only = [{"arms": ["same_codes"], "budgets": [5]}]
    plan = plan_of(tmp_path, **GRID, budgets=[5, 25], only=only)
    chosen = matching(plan.cells, where_of("arm=same_codes"))
    assert [(key.arm, key.budget) for key in chosen] == [("same_codes", 5)]


def test_an_arm_that_changes_what_labels_it_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(plan: Plan) -> set[str]:
        return {cell.asked for cell in plan.cells.values()}

    before = plan_of(tmp_path, arms=[MINE])
    labels = QuantizerCodes(quantizer="random_laq_checkpoint")
    other = arm_toy.SAME_CODES.model_copy(update={"labels": labels})
    monkeypatch.setattr(arm_toy, "SAME_CODES", other)
    assert not asked(before) & asked(plan_of(tmp_path, arms=[MINE]))


@pytest.mark.parametrize(
    ("arms", "reason"),
    [
        (["toys.arm_toy:Arm"], "expected a lapa.params.arms.Arm"),
        (["toys.arm_toy:MISSING"], "cannot be imported"),
        ([MINE, "toys.arm_toy:SAME_NAME"], r"\['same_codes'\] more than once"),
    ],
)
def test_a_path_to_no_arm_and_two_arms_of_one_name_are_refused(
    arms: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arm_toy, "SAME_NAME", arm_toy.SAME_CODES, raising=False)
    with pytest.raises(ValueError, match=reason):
        StudyParams.model_validate(TINY | {"arms": arms})
