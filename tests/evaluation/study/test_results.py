"""The axes of a study, and what may be put together at all."""

from __future__ import annotations

import pytest

from lapa.evaluation.study.missing import missing_cells
from lapa.evaluation.study.results import StudyResults
from toys.studies import study


def test_axes_keep_the_order_of_the_study_and_budgets_ascend() -> None:
    cells = study(settings=("later", "earlier"), budgets=(None, 25, 5), seeds=1, subsets=1)
    results = StudyResults.of(cells)
    assert results.settings == ["later", "earlier"]
    assert results.budgets_of("later") == [5, 25, None]
    assert results.arms[0] == "lapa"
    assert list(results.scenes("later")) == ["seen", "unseen_words"]
    assert results.criteria("later")[:2] == ["reach", "lift"]


def test_the_headline_budget_is_where_most_arms_were_tried() -> None:
    cells = study(budgets=(5, 10, 25), seeds=1, subsets=1)
    assert StudyResults.of(cells).headline_budget("in_domain") == 10
    more = study(arms=("inverse_dynamics",), budgets=(25,), seeds=1, subsets=1)
    assert StudyResults.of([*cells, *more]).headline_budget("in_domain") == 25


def test_a_study_without_a_default_variant_has_its_commonest_as_the_main_one() -> None:
    flow = study(variants=("flow",), seeds=2, subsets=1)
    results = StudyResults.of([*study(variants=("l1",), seeds=1, subsets=1), *flow])
    assert results.main_variant("in_domain") == "flow"
    assert results.variants_of("in_domain") == ["flow", "l1"]


def test_every_setting_has_a_headline_budget_and_a_main_variant_of_its_own() -> None:
    cells = [
        *study(settings=("in_domain",), budgets=(20,), seeds=1, subsets=1),
        *study(settings=("watched",), variants=("joint", "whole"), budgets=(10, 50), seeds=1),
    ]
    results = StudyResults.of(cells)
    assert [results.headline_budget(setting) for setting in results.settings] == [20, 50]
    assert [results.main_variant(s) for s in results.settings] == ["default", "joint"]
    assert results.variants_of("watched") == ["joint", "whole"]
    assert len(results.at(setting="watched", arm="lapa", budget=10)) == 3


def test_nothing_and_twice_the_same_and_two_studies_are_refused() -> None:
    cells = study(seeds=1, subsets=1)
    with pytest.raises(ValueError, match="found no results"):
        StudyResults.of([])
    with pytest.raises(ValueError, match="more than once"):
        StudyResults.of([*cells, cells[0]])
    other = cells[0].model_copy(update={"study": "other"})
    with pytest.raises(ValueError, match=r"\['other', 'toy'\]"):
        StudyResults.of([*cells[1:], other])


def test_missing_cells_are_those_of_places_that_were_begun_or_those_expected() -> None:
    cells = study(arms=("lapa", "scratch"), budgets=(5,), seeds=2, subsets=2)
    gone, rest = cells[0], cells[1:]
    results = StudyResults.of(rest)
    assert missing_cells(results, None) == [gone.key.name]
    assert missing_cells(results, [cell.key for cell in rest]) == []
    elsewhere = gone.key.model_copy(update={"budget": 100})
    assert missing_cells(results, [elsewhere]) == [elsewhere.name]


def test_a_variant_with_fewer_seeds_than_another_lacks_none() -> None:
    cells = [
        *study(arms=("lapa",), variants=("default",), seeds=3, subsets=2),
        *study(arms=("lapa",), variants=("l1",), seeds=1, subsets=1),
    ]
    assert missing_cells(StudyResults.of(cells), None) == []
    (lost,) = [cell for cell in cells if cell.key.name == "in_domain-lapa-default-n5-s2-l1"]
    results = StudyResults.of([cell for cell in cells if cell is not lost])
    assert missing_cells(results, None) == [lost.key.name]
