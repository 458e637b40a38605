"""Variants of the method, such as heads, side by side: success, error, latency."""

from __future__ import annotations

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent, plain
from lapa.evaluation.study.keys import budget_words
from lapa.evaluation.study.question import answer, tasks_question
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import estimate
from lapa.evaluation.study.statistics.grid import metric_grid
from lapa.records import CellKey, CellResult

METRICS = {
    "action/mse_normalized": ("held-out action error\n(normalised MSE)", 4),
    "latency_ms": ("latency, ms", 2),
}
"""Metric -> heading and digits; those that no cell has are left out."""
LEAD = (
    "Success is the mean over tasks, in percent. The action error is measured in open loop on held-out episodes. Latency is "
    "one prediction for one image; it depends on the machine that ran the cell."
)


def variants_section(results: StudyResults) -> PageSection:
    """All variants at the headline budget; without several of them the error and latency of the arms."""
    headline = results.headline_budget
    blocks = list(rows(variants_table(results, headline)))
    for budget in results.budgets:
        if budget != headline:
            table = variants_table(results, budget)
            blocks += folded(f"The same with {budget_words(budget)}", rows(table))
    title = "Variants" if len(results.variants) > 1 else "Error and latency"
    return PageSection(title=title, leads=(LEAD,), parts=(Part(blocks=tuple(blocks)),))


def variants_table(results: StudyResults, budget: int | None) -> Table:
    """One row per setting, arm and variant that was tried with the budget."""
    kinds = list(dict.fromkeys(kind for s in results.settings for kind in results.scenes(s)))
    metrics = [m for m in METRICS if any(m in cell.metrics for cell in results.cells)]
    body = [
        (
            setting,
            arm,
            variant,
            *(_success(results, cells[0].key, kind) for kind in kinds),
            *(_metric(cells, metric) for metric in metrics),
        )
        for setting in results.settings
        for arm in results.arms
        for variant in results.variants
        if (cells := results.at(setting=setting, arm=arm, budget=budget, variant=variant))
    ]
    titles = (*(f"success,\n{kind}" for kind in kinds), *(METRICS[m][0] for m in metrics))
    return Table(head=("setting", "arm", "variant", *titles), rows=tuple(body))


def _success(results: StudyResults, key: CellKey, kind: str) -> str:
    if kind not in results.scenes(key.setting):
        return percent(None)
    question = tasks_question(results, key.setting, kind, key.budget, key.variant)
    return percent(answer(results, question, key.arm))


def _metric(cells: list[CellResult], metric: str) -> str:
    grid = metric_grid(cells, metric)
    return plain(
        None if grid is None else estimate(grid, bounds=(0.0, float("inf"))),
        digits=METRICS[metric][1],
    )
