"""The card stands on top of the page about codes, and before them on the page about everything."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.blocks import Rows
from lapa.evaluation.report.page import plain_section
from lapa.evaluation.report.scorecard_section import placed_before, scorecard_section
from lapa.records import EvaluationReport
from toys.scorecards import noisy, written


def test_every_line_has_its_control_and_verdict(tmp_path: Path) -> None:
    folder = written(tmp_path / "report", noisy(5))
    section = scorecard_section(EvaluationReport(path=str(folder), metrics={}))
    (table,) = (b.table for part in section.parts for b in part.blocks if isinstance(b, Rows))
    first, second = table.rows
    assert (first[0], first[1], first[4], first[6]) == ("means", "mean", "nothing", "✓ passes")
    assert first[2].startswith("5.")
    assert "[" in first[2]
    assert (second[3], second[5], second[6]) == ("–", "↓ lower", "? unclear")


def test_an_older_report_has_no_card(tmp_path: Path) -> None:
    assert scorecard_section(EvaluationReport(path=str(tmp_path), metrics={})).is_empty


def test_it_goes_before_the_codes() -> None:
    titles = ["Closed loop", "Latent actions", "Compass"]
    sections = [plain_section(title) for title in titles]
    card = plain_section("Scorecard")
    placed = placed_before(sections, {"Compass", "Latent actions"}, card)
    assert [s.title for s in placed] == ["Closed loop", "Scorecard", "Latent actions", "Compass"]
    assert placed_before(sections, {"elsewhere"}, card)[-1] is card
