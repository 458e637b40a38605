"""The grid of outcomes: crossed, paired, averaged over tasks scene by scene."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.study.statistics.differences import paired_grid
from lapa.evaluation.study.statistics.grid import Grid, common_cells, metric_grid, success_grid
from lapa.records import CellKey, CellOutcomes, CellResult
from toys.studies import cell


def key(seed: int, subset: int, arm: str = "lapa") -> CellKey:
    return CellKey(
        setting="in_domain", arm=arm, variant="default", budget=5, seed=seed, subset=subset
    )


def with_outcomes(seed: int, subset: int, **successes: str) -> CellResult:
    outcomes = {
        name: CellOutcomes(first_seed=1, successes=digits) for name, digits in successes.items()
    }
    return cell(key(seed, subset)).model_copy(update={"outcomes": outcomes})


def test_a_cell_stands_at_its_seed_and_subset_and_a_missing_one_is_not_a_number() -> None:
    cells = [with_outcomes(4, 0, reach="110"), with_outcomes(7, 2, reach="000")]
    grid = success_grid(cells, ["reach"])
    assert grid is not None
    assert (grid.seeds, grid.subsets) == ((4, 7), (0, 2))
    assert grid.values[0, 0].tolist() == [1.0, 1.0, 0.0]
    assert grid.values[1, 1].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(grid.values[0, 1]).all()
    assert not grid.has_every_cell


def test_few_tasks_are_averaged_scene_by_scene() -> None:
    grid = success_grid([with_outcomes(0, 0, reach="1100", lift="1010")], ["reach", "lift"])
    assert grid is not None
    assert grid.values[0, 0].tolist() == [1.0, 0.5, 0.5, 0.0]


def test_of_many_tasks_each_is_a_unit_whatever_its_scenes() -> None:
    tasks = {f"task{number}": "1" * number + "0" for number in range(1, 7)}
    grid = success_grid([with_outcomes(0, 0, **tasks)], list(tasks))
    assert grid is not None
    assert grid.values[0, 0] == pytest.approx([n / (n + 1) for n in range(1, 7)])


def test_tasks_with_different_numbers_of_scenes_have_no_mean_scene_by_scene() -> None:
    assert success_grid([with_outcomes(0, 0, reach="11", lift="101")], ["reach", "lift"]) is None


def test_cells_of_one_place_must_have_met_the_same_scenes() -> None:
    cells = [with_outcomes(0, 0, reach="110"), with_outcomes(0, 1, reach="1100")]
    with pytest.raises(ValueError, match=r"scenes .* of cell in_domain-lapa-default-n5-s0-l1"):
        success_grid(cells, ["reach"])


def test_a_criterion_that_nobody_met_gives_no_grid() -> None:
    cells = [with_outcomes(0, 0, reach="110")]
    assert success_grid(cells, ["lift"]) is None
    assert success_grid([], ["reach"]) is None
    assert metric_grid(cells, "unheard_of") is None


def test_pairs_are_cut_down_to_what_both_have() -> None:
    first = Grid(values=np.ones((2, 2, 3)), seeds=(0, 1), subsets=(0, 1), scenes=(1, 3))
    second = Grid(values=np.zeros((2, 1, 3)), seeds=(1, 2), subsets=(1,), scenes=(1, 3))
    difference = paired_grid(first, second)
    assert difference is not None
    assert (difference.seeds, difference.subsets) == ((1,), (1,))
    assert difference.values.tolist() == [[[1.0, 1.0, 1.0]]]


def test_other_scenes_or_no_common_cell_make_no_pair() -> None:
    first = Grid(values=np.ones((1, 1, 3)), seeds=(0,), subsets=(0,), scenes=(1, 3))
    elsewhere = Grid(values=np.ones((1, 1, 3)), seeds=(0,), subsets=(0,), scenes=(9, 3))
    later = Grid(values=np.ones((1, 1, 3)), seeds=(5,), subsets=(0,), scenes=(1, 3))
    assert common_cells(first, elsewhere) is None
    assert common_cells(first, later) is None
    assert paired_grid(first, None) is None
