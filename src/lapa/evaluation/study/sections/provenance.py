"""Which runs, weights and code the numbers of a study come from."""

from __future__ import annotations

from lapa.evaluation.blocks import Note, Table, folded, rows
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.versions import other_versions, shortened, usual_version
from lapa.records import CellResult

SHORT = 12
"""Characters of a digest that are shown."""


def provenance_section(results: StudyResults) -> PageSection:
    """A line about all cells, and every cell's runs and digests behind a click."""
    cells = results.cells
    version = usual_version(cells)
    hours = sum(cell.seconds for cell in cells) / 3600
    text = (
        f"Study {cells[0].study}: {len(cells)} cells, {hours:.1f} hours for the cells themselves (what they descend "
        f"from not counted). Code: commit {shortened(version)}. {other_versions(cells, version)}".strip()
    )
    parts = _distinct(cells, "runs")
    artefacts = _distinct(cells, "digests")
    table = Table(
        head=("cell", "asked", *(f"run: {p}" for p in parts), *artefacts, "commit", "s"),
        rows=tuple(_row(cell, parts, artefacts) for cell in cells),
    )
    return plain_section(
        "Where the numbers come from",
        Note(text=text),
        *folded("Every cell, with its runs and digests", rows(table)),
    )


def _row(cell: CellResult, parts: list[str], artefacts: list[str]) -> tuple[str, ...]:
    return (
        cell.key.name,
        cell.asked[:SHORT],
        *(cell.runs.get(part, "") for part in parts),
        *(cell.digests.get(artefact, "")[:SHORT] for artefact in artefacts),
        cell.commit[:SHORT],
        f"{cell.seconds:.0f}",
    )


def _distinct(cells: tuple[CellResult, ...], field: str) -> list[str]:
    return list(dict.fromkeys(name for cell in cells for name in getattr(cell, field)))
