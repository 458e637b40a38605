"""The page of a study: one HTML file, made from the results of its cells alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.report.page import write_page
from lapa.evaluation.study.in_short import in_short
from lapa.evaluation.study.places import budgets_in_words, headline_places
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.about import question_section
from lapa.evaluation.study.sections.absent import absent_section
from lapa.evaluation.study.sections.clips import clips_section
from lapa.evaluation.study.sections.curves import curves_section
from lapa.evaluation.study.sections.differences import differences_section
from lapa.evaluation.study.sections.endings import endings_section
from lapa.evaluation.study.sections.gap import gap_section
from lapa.evaluation.study.sections.provenance import provenance_section
from lapa.evaluation.study.sections.success import success_section
from lapa.evaluation.study.sections.upstream import upstream_section
from lapa.evaluation.study.sections.variants import Chunks, variants_section
from lapa.records import CellKey, CellResult

PAGE = "study.html"


def write_study_page(
    results: Sequence[CellResult],
    *,
    question: str,
    out: Path,
    videos: Path | None = None,
    expected: Sequence[CellKey] | None = None,
    chunks: Chunks | None = None,
) -> Path:
    """Write ``study.html``, self-contained, and beside it the plots that it shows.

    Args:
        results: of one study, in any order; the same results give the same page.
        question: that the study answers, a sentence or two.
        out: folder to fill.
        videos: holds a folder per cell, named as the cell, with the clips of its policy's report.
        expected: all cells of the study, so that the page can name those that are missing.
        chunks: actions that the variants predict at once, which no result tells.

    Returns:
        The page.

    Raises:
        ValueError: there are no results, or they are of several studies, or cells of one place met
            different scenes.
    """
    out.mkdir(parents=True, exist_ok=True)
    study = StudyResults.of(results)
    write_page(
        out / PAGE,
        title=f"Study {study.cells[0].study}",
        subtitle=f"{len(study.cells)} cells; headline figures with {budgets_in_words(headline_places(study))}",
        in_short=in_short(study, expected),
        sections=[
            question_section(study, question),
            success_section(study, out),
            curves_section(study, out),
            gap_section(study),
            differences_section(study),
            variants_section(study, chunks),
            endings_section(study, out),
            upstream_section(study, out),
            clips_section(study, videos),
            absent_section(study, expected),
            provenance_section(study),
        ],
    )
    return out / PAGE
