"""Upstream figures beside the success of what descends from them, model by model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lapa.evaluation.study.question import Question
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.association import Association
from lapa.evaluation.study.statistics.grid import success_grid
from lapa.records import CellResult

SWAPPED = "_swapped_language"
"""End of the name of a metric that was measured with another episode's instruction."""


def associations(results: StudyResults, question: Question, arm: str) -> list[Association]:
    """Every upstream figure of an arm against success in all variants of the study.

    One point is one model: a quantiser for figures of ``laq/``, a backbone for the rest; its success is the mean over
    the labelled subsets of the first variant that uses it. Arms are never pooled: they differ by design, and any
    figure that tells them apart would seem to predict.
    """
    cells = _of_arm(results, question, arm)
    metrics = sorted({name for cell in cells for name in _figures(cell)})
    return [_association(metric, cells, question) for metric in metrics]


def _of_arm(results: StudyResults, question: Question, arm: str) -> list[CellResult]:
    place = {"setting": question.setting, "arm": arm, "budget": question.budget}
    return [
        cell
        for variant in results.variants_of(question.setting)
        for cell in results.cells
        if cell.key.variant == variant and cell.key.model_dump(include=set(place)) == place
    ]


def _association(metric: str, cells: Sequence[CellResult], question: Question) -> Association:
    by_model: dict[str, list[CellResult]] = {}
    for cell in cells:
        if metric in _figures(cell):
            by_model.setdefault(_model(cell, metric), []).append(cell)
    points = []
    for of_model in by_model.values():
        first = [cell for cell in of_model if cell.key.variant == of_model[0].key.variant]
        if (grid := success_grid(first, question.criteria)) is not None:
            points.append((_figures(first[0])[metric], float(np.nanmean(grid.cell_means))))
    return Association(
        metric=metric,
        figures=tuple(figure for figure, _ in points),
        successes=tuple(success for _, success in points),
    )


def _figures(cell: CellResult) -> dict[str, float]:
    """All figures, and what swapping the instructions costs where both halves are known."""
    gaps = {
        f"{name.removesuffix(SWAPPED)}_language_gap": cell.upstream[name.removesuffix(SWAPPED)]
        - value
        for name, value in cell.upstream.items()
        if name.endswith(SWAPPED) and name.removesuffix(SWAPPED) in cell.upstream
    }
    return cell.upstream | gaps


def _model(cell: CellResult, metric: str) -> str:
    """Which model the figure belongs to; where its digest is not known, that of this seed and variant."""
    kind = "laq" if metric.startswith("laq/") else "foundation"
    return cell.digests.get(kind, f"{cell.key.variant}-{cell.key.seed}")
