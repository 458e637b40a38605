"""The cells of a study, and the choice among them."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.params.study import StudyParams
from lapa.records import CellKey
from lapa.refused import RefusedError
from lapa.studies.grid import cells_of, matching, where_of
from toys.study_files import TINY


def cells(**said: Any) -> list[CellKey]:
    return cells_of(StudyParams.model_validate(TINY | said))


def test_every_combination_is_one_cell_with_a_name_of_its_own() -> None:
    grid = cells(budgets=[5, None], seeds=[0, 1], subsets=[0, 1, 2])
    assert len(grid) == 2 * 2 * 2 * 3
    assert len({key.name for key in grid}) == len(grid)


def test_an_arm_can_be_restricted_and_the_others_are_not() -> None:
    grid = cells(budgets=[5, 25], only=[{"arms": ["scratch"], "budgets": [25]}])
    assert {(key.arm, key.budget) for key in grid} == {("lapa", 5), ("lapa", 25), ("scratch", 25)}


def test_a_variant_can_be_left_out_for_some_arms() -> None:
    grid = cells(
        variants={"default": {}, "l1": {}},
        only=[{"variants": ["l1"], "arms": ["scratch"], "budgets": []}],
    )
    assert {(key.arm, key.variant) for key in grid} == {
        ("lapa", "default"),
        ("lapa", "l1"),
        ("scratch", "default"),
    }


def test_an_arm_can_be_restricted_at_some_budgets_alone() -> None:
    grid = cells(
        budgets=[5, 25, None],
        subsets=[0, 1],
        only=[{"arms": ["lapa"], "at_budgets": [5, None], "subsets": [0]}],
    )
    places = {(k.budget, k.subset) for k in grid if k.arm == "lapa"}
    assert places == {(5, 0), (25, 0), (25, 1), (None, 0)}
    assert len([key for key in grid if key.arm == "scratch"]) == 6, "the others are not"


def test_cells_are_chosen_by_what_they_have() -> None:
    grid = cells(budgets=[5, None], seeds=[0, 1])
    chosen = matching(grid, where_of("arm=lapa,budget=all+5,seed=1"))
    assert {(key.arm, key.budget, key.seed) for key in chosen} == {
        ("lapa", 5, 1),
        ("lapa", None, 1),
    }
    assert matching(grid, where_of("")) == grid


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("arms=lapa", "cells have no 'arms'; did you mean 'arm'"),
        ("arm", "is no name=value"),
        ("arm=lappa", "did you mean 'lapa'"),
    ],
)
def test_a_choice_of_nothing_is_refused(where: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        matching(cells(), where_of(where))
