"""One point a model: quantisers and backbones are told apart by their digests."""

from __future__ import annotations

import pytest

from lapa.evaluation.study.keys import SEEN
from lapa.evaluation.study.question import tasks_question
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.upstream import claim
from lapa.evaluation.study.statistics.association import Association
from lapa.evaluation.study.upstream import associations
from toys.studies import study


def measured(cells_seeds: int, variants: tuple[str, ...] = ("default",)) -> dict[str, Association]:
    cells = study(
        arms=("lapa",), variants=variants, budgets=(25,), seeds=cells_seeds, subsets=2, scenes=50
    )
    results = StudyResults.of(cells)
    question = tasks_question(results, "in_domain", SEEN, 25)
    return {one.metric: one for one in associations(results, question, "lapa")}


def test_every_quantizer_is_one_point_however_many_subsets_and_heads_it_has() -> None:
    one = measured(7, ("default", "flow"))["laq/psnr_gain_over_copy"]
    assert one.n == 7
    assert one.figures == pytest.approx([3.5 + 0.3 * seed for seed in range(7)])


def test_success_of_a_model_is_the_mean_over_its_subsets_in_the_main_variant() -> None:
    alone = measured(3)["foundation/top1"]
    beside = measured(3, ("default", "flow"))["foundation/top1"]
    assert alone == beside


def test_what_swapping_the_instructions_costs_is_a_figure_of_its_own() -> None:
    gap = measured(2)["foundation/top1_language_gap"]
    assert gap.figures == pytest.approx([0.2, 0.215])


def test_a_claim_follows_the_interval() -> None:
    figures = tuple(float(n) for n in range(8))
    agree = Association(metric="m", figures=figures, successes=figures)
    against = Association(metric="m", figures=figures, successes=figures[::-1])
    loose = Association(metric="m", figures=figures, successes=(3, 1, 4, 1.5, 5, 9, 2, 0.5))
    few = Association(metric="m", figures=figures[:4], successes=figures[:4])
    assert claim(agree) == "goes with success"
    assert claim(against) == "goes against success"
    assert claim(loose) == "no relation shown"
    assert claim(few).startswith("no claim")
