"""Variants: one table with everything, pairs against the first, and what may not be compared."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.study.places import headline_places
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.variant_differences import variant_differences_table
from lapa.evaluation.study.sections.variants import OF_CHUNKS, notes, variants_table
from lapa.evaluation.study.variant_columns import told_once
from lapa.records import CellResult
from toys.studies import study

AT_25 = {"in_domain": 25}


def heads() -> list[CellResult]:
    """A study of heads: one arm, and a setting that has two variants of its own."""
    return [
        *study(arms=("lapa",), variants=("default", "flow", "chunk"), budgets=(25,)),
        *study(
            settings=("watched",),
            arms=("lapa",),
            variants=("joint", "whole"),
            budgets=(25,),
            seeds=2,
        ),
    ]


def test_variants_stand_side_by_side_with_tasks_error_and_latency() -> None:
    table = variants_table(StudyResults.of(heads()), AT_25)
    assert [row[0] for row in table.rows] == ["default", "flow", "chunk"]
    assert [head.split("\n")[0] for head in table.head[1:]] == [
        "reach",
        "lift",
        "seen, mean of 2 tasks",
        "unseen_words, mean of 2 tasks",
        "held-out action error",
        "latency, ms",
    ]
    assert table.rows[0][-1].startswith("2.10\n[")
    assert all("\n[" in text for text in table.rows[0][1:5])
    bare = [cell.model_copy(update={"metrics": {}}) for cell in heads()]
    assert len(variants_table(StudyResults.of(bare), AT_25).head) == 5


def test_every_setting_shows_its_variants_with_its_budget() -> None:
    results = StudyResults.of(heads())
    rows = variants_table(results, headline_places(results)).rows
    assert [row[:2] for row in rows[3:]] == [("watched", "joint"), ("watched", "whole")]


def test_a_column_says_only_what_rows_differ_in_and_the_rest_is_said_once() -> None:
    results = StudyResults.of(heads())
    assert told_once(results, AT_25) == "in_domain, lapa, 25 labelled episodes"
    assert variants_table(results, AT_25).head[0] == "variant"
    places = {"in_domain": 25, "watched": 25}
    assert told_once(results, places) == "lapa, 25 labelled episodes"
    assert variants_table(results, places).head[:2] == ("setting", "variant")
    mixed = StudyResults.of(
        [
            *study(settings=("one",), budgets=(20,), seeds=1),
            *study(settings=("two",), budgets=(None,), seeds=1),
        ]
    )
    assert told_once(mixed, headline_places(mixed)) == ""
    table = variants_table(mixed, headline_places(mixed))
    assert table.head[:4] == ("setting", "labels", "arm", "variant")
    assert table.rows[-1][:4] == ("two", "all", "action_pretrained", "default")


def test_a_variant_is_compared_with_the_first_cell_by_cell() -> None:
    results = StudyResults.of(heads())
    table = variant_differences_table(results, headline_places(results))
    assert [row[:3] for row in table.rows] == [
        ("in_domain", "flow − default", "9"),
        ("in_domain", "chunk − default", "9"),
        ("watched", "whole − joint", "6"),
    ]
    rates = [
        np.mean(
            [
                cell.outcomes["reach"].successes.count("1") / 30
                for cell in results.at(setting="in_domain", arm="lapa", budget=25, variant=variant)
            ]
        )
        for variant in ("flow", "default")
    ]
    reach = table.rows[0][table.head.index("reach")]
    assert float(reach.split("\n")[0]) == pytest.approx(100 * (rates[0] - rates[1]), abs=0.051)
    assert reach.endswith(("better", "worse", "no difference shown"))


def test_pairs_are_cells_that_both_variants_have() -> None:
    cells = [cell for cell in heads() if cell.key.name != "in_domain-lapa-flow-n25-s2-l2"]
    rows = variant_differences_table(StudyResults.of(cells), AT_25).rows
    assert [row[1] for row in rows] == ["8", "9"]


def test_a_variant_that_is_truly_better_is_called_so() -> None:
    sure = [
        cell.model_copy(
            update={
                "outcomes": {
                    name: one.model_copy(update={"successes": digit * 30, "ends": {}})
                    for name, one in cell.outcomes.items()
                }
            }
        )
        for cell in study(arms=("lapa",), variants=("default", "flow"), budgets=(25,))
        for digit in ("1" if cell.key.variant == "flow" else "0",)
    ]
    (row,) = variant_differences_table(StudyResults.of(sure), AT_25).rows
    assert all(text.startswith("+100.0\n[") and text.endswith("\nbetter") for text in row[2:])


def test_where_the_first_variant_was_not_tried_with_a_budget_the_next_takes_its_place() -> None:
    cells = [
        *study(arms=("lapa",), variants=("default",), budgets=(5,)),
        *study(arms=("lapa",), variants=("flow", "l1"), budgets=(25,)),
    ]
    rows = variant_differences_table(StudyResults.of(cells), AT_25).rows
    assert [row[0] for row in rows] == ["l1 − flow"]
    assert variant_differences_table(StudyResults.of(cells), {"in_domain": 5}).rows == ()


def test_chunks_are_shown_and_explained_where_they_differ() -> None:
    results = StudyResults.of(heads())
    chunks = {("in_domain", variant): 1 for variant in ("default", "flow", "chunk")}
    assert "chunk" not in variants_table(results, AT_25, chunks).head
    assert OF_CHUNKS not in notes(results, chunks)
    assert OF_CHUNKS in notes(results, None), "nobody knows whether there are chunks"
    chunks["in_domain", "chunk"] = 4
    table = variants_table(results, AT_25, chunks)
    assert [row[table.head.index("chunk")] for row in table.rows] == ["1", "1", "4"]
    assert OF_CHUNKS in notes(results, chunks)


def test_latency_is_said_to_be_measured_beside_other_runs() -> None:
    results = StudyResults.of(heads())
    assert any("beside other runs" in note for note in notes(results, None))
    assert "beside other runs" in variants_table(results, AT_25).head[-1]
    bare = [cell.model_copy(update={"metrics": {}}) for cell in heads()]
    assert notes(StudyResults.of(bare), None) == []
