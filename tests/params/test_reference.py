"""The page of parameters: up to date, complete, and readable."""

from __future__ import annotations

from lapa.params.laq.stage import LaqParams
from lapa.params.reference import page, rows
from lapa.params.sections import PLANNED, SECTIONS
from lapa.records.field_table import REQUIRED, Row
from toys.paths import ROOT


def laq_rows() -> dict[str, Row]:
    return {row.name: row for row in rows("laq", LaqParams)}


def test_the_page_is_what_the_classes_make() -> None:
    assert (ROOT / "docs/parameters.md").read_text() == page()


def test_every_section_has_its_heading() -> None:
    headings = {line.removeprefix("## ") for line in page().splitlines() if line.startswith("## ")}
    assert headings == set(SECTIONS) | set(PLANNED)


def test_a_row_says_type_bounds_default_and_meaning() -> None:
    row = laq_rows()["laq.trainer.max_steps"]
    assert row == Row("laq.trainer.max_steps", "int, > 0", REQUIRED, "Optimiser steps.")


def test_options_of_a_kind_say_whose_they_are() -> None:
    row = laq_rows()["laq.model.quantizer.levels"]
    assert row.meaning.startswith("*fsq:*")
    assert row.default == "[2, 2, 2]"
    assert "`residual_vq`" in laq_rows()["laq.model.quantizer.kind"].type


def test_a_group_that_may_be_absent_has_a_row_and_its_fields() -> None:
    assert laq_rows()["laq.targets.flow"].default == "null"
    assert laq_rows()["laq.targets.flow.weight"].default == REQUIRED


def test_a_default_of_the_group_wins_over_that_of_its_class() -> None:
    """The inverse dynamics model trains at a rate of its own."""
    from lapa.params.inverse_dynamics import InverseDynamicsParams

    own = {row.name: row for row in rows("idm", InverseDynamicsParams)}
    expected = InverseDynamicsParams().optimizer.learning_rate
    assert own["idm.optimizer.learning_rate"].default == str(expected)
    assert laq_rows()["laq.optimizer.learning_rate"].default != str(expected)
