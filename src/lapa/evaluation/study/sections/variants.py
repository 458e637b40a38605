"""Variants of the method, such as heads, side by side: success, error, latency, and what each adds to the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lapa.evaluation.blocks import Block, Heading, Note, Table, rows
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent, plain
from lapa.evaluation.study.places import Places, at_other_places, headline_places
from lapa.evaluation.study.question import answer
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.variant_differences import LEAD as PAIRED
from lapa.evaluation.study.sections.variant_differences import variant_differences_table
from lapa.evaluation.study.statistics.crossed import estimate
from lapa.evaluation.study.statistics.grid import metric_grid
from lapa.evaluation.study.variant_columns import (
    columns_of,
    facts_told_apart,
    row_facts,
    titles_of,
    told_once,
)
from lapa.records import CellResult

ERROR, LATENCY = "action/mse_normalized", "latency_ms"
METRICS = {
    ERROR: ("held-out action error\n(normalised MSE)", 4),
    LATENCY: ("latency, ms\n(beside other runs)", 2),
}
"""Metric -> heading and digits; those that no cell has are left out."""
LEAD = "Success in percent with its 95 % interval."
NOTES = {
    ERROR: "The action error is measured in open loop on held-out episodes, the same that choose which weights are exported.",
    LATENCY: "Latency is one prediction for one image, however many actions it holds; measured beside other runs "
    "(--jobs): compare within the table only.",
}
"""Metric -> what to know before its figures are compared."""
OF_CHUNKS = (
    "Where a variant predicts a chunk of k actions at once (finetune.chunk), its action error is the mean over k steps ahead, "
    "and later steps are harder to foretell: compare errors of one chunk length only."
)
Chunks = Mapping[tuple[str, str], int]
"""Setting and variant -> actions that are predicted at once."""


def variants_section(results: StudyResults, chunks: Chunks | None = None) -> PageSection:
    """All variants at the headline budgets; without several of them the error and latency of the arms.

    Args:
        results: of the study.
        chunks: of every variant; the column is left out where they are not known, or 1 everywhere.
    """

    def blocks(places: Places) -> list[Block]:
        paired = rows(variant_differences_table(results, places))
        head = (Heading(text="Against the first variant"), Note(text=PAIRED)) if paired else ()
        told = told_once(results, places)
        title = (Heading(text=told),) if told else ()
        return [*title, *rows(variants_table(results, places, chunks)), *head, *paired]

    headline = blocks(headline_places(results))
    known = [Note(text=sentence) for sentence in notes(results, chunks)]
    every = [*known, *headline, *at_other_places(results, blocks)]
    title = "Variants" if len(results.variants) > 1 else "Error and latency"
    return PageSection(title=title, leads=(LEAD,), parts=(Part(blocks=every),))


def notes(results: StudyResults, chunks: Chunks | None) -> list[str]:
    """What to know of the metrics that are there."""
    metrics = _metrics(results)
    of_chunks = [OF_CHUNKS] if ERROR in metrics and (chunks is None or _has_chunks(chunks)) else []
    return [*(NOTES[metric] for metric in metrics), *of_chunks]


def variants_table(results: StudyResults, places: Places, chunks: Chunks | None = None) -> Table:
    """One row per setting, arm and variant that was tried with the budget of its setting."""
    titles, metrics = titles_of(results, places), _metrics(results)
    shown = chunks if chunks is not None and _has_chunks(chunks) else None
    body = [
        (
            *row_facts(results, places, setting, arm),
            variant,
            *(() if shown is None else (str(shown.get((setting, variant), ABSENT)),)),
            *_successes(results, titles, cells[0]),
            *(_metric(cells, metric) for metric in metrics),
        )
        for setting, budget in places.items()
        for arm in results.arms
        for variant in results.variants_of(setting)
        if (cells := results.at(setting=setting, arm=arm, budget=budget, variant=variant))
    ]
    facts = (*facts_told_apart(results, places), "variant", *(() if shown is None else ("chunk",)))
    return Table(head=(*facts, *titles, *(METRICS[m][0] for m in metrics)), rows=tuple(body))


def _successes(results: StudyResults, titles: list[str], cell: CellResult) -> list[str]:
    columns = columns_of(results, cell.key.setting, cell.key.budget)
    asked = [columns.get(title) for title in titles]
    return [
        percent(
            None
            if question is None
            else answer(results, replace(question, variant=cell.key.variant), cell.key.arm)
        )
        for question in asked
    ]


def _has_chunks(chunks: Chunks) -> bool:
    return any(length > 1 for length in chunks.values())


def _metrics(results: StudyResults) -> list[str]:
    return [m for m in METRICS if any(m in cell.metrics for cell in results.cells)]


def _metric(cells: list[CellResult], metric: str) -> str:
    grid = metric_grid(cells, metric)
    return plain(
        None if grid is None else estimate(grid, bounds=(0.0, float("inf"))),
        digits=METRICS[metric][1],
    )
