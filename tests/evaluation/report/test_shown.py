"""Findings on a page: order, headings, arms, summary."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.blocks import Heading, Note
from lapa.evaluation.finding import Finding
from lapa.evaluation.report.page import SHORT
from lapa.evaluation.report.shown import ShownFinding, finding_sections, in_page_order, in_short


def _shown(analysis: str, title: str, arm: str = "", lead: str = "") -> ShownFinding:
    finding = Finding(
        analysis=analysis,
        title=title,
        lead=lead,
        blocks=(Note(text=analysis),),
        sentences=(f"{analysis} says so.",),
    )
    return ShownFinding(finding=finding, folder=Path(arm or "."), arm=arm)


def test_findings_stand_in_the_order_of_the_registry_and_others_come_last() -> None:
    shown = [_shown("mine", "X"), _shown("compass", "C"), _shown("reconstruction", "R")]
    names = [one.finding.analysis for one in in_page_order(shown, ())]
    assert names == ["reconstruction", "compass", "mine"]


def test_findings_of_one_title_share_it_and_a_lead_is_said_once() -> None:
    sections = finding_sections(
        [
            _shown("closed-loop success", "Episodes", "lapa", "The first scenes."),
            _shown("closed-loop success", "Episodes", "scratch", "The first scenes."),
            _shown("compass", "Codes"),
        ]
    )
    assert [section.title for section in sections] == ["Episodes", "Codes"]
    episodes = sections[0]
    assert episodes.leads == ("The first scenes.",)
    assert [part.blocks[0] for part in episodes.parts] == [
        Heading(text="lapa"),
        Heading(text="scratch"),
    ]
    assert [part.folder for part in episodes.parts] == [Path("lapa"), Path("scratch")]


def test_the_summary_is_short_and_says_that_something_is_missing() -> None:
    shown = [_shown("a", "A", "lapa"), _shown("b", "B")]
    sentences = in_short(shown, {"c": "of a reason"})
    assert sentences[:2] == ["lapa: a says so.", "b says so."]
    assert sentences[2].startswith("1 analysis could not be made")
    many = in_short([_shown("a", "A")] * 12, {"c": "of a reason"})
    assert len(many) == 13
    assert many[SHORT - 1].startswith("1 analysis could not be made")
