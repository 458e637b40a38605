"""Success against the number of labelled episodes, a line and a band for every arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lapa.evaluation.plots.style import arm_color, saved_plot
from lapa.evaluation.study.plots.cells import cell_dots
from lapa.evaluation.study.question import SHARE, Question, answer_grid
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import estimate

COLUMNS = 3
Budget = int | None


def plot_budget_curves(results: StudyResults, questions: Sequence[Question], path: Path) -> None:
    """Draw one panel a question over a logarithmic axis of labelled episodes.

    Args:
        results: of the study.
        questions: of one setting; each is asked with every budget.
        path: PNG to write.
    """
    columns = 2 if len(questions) == 4 else min(COLUMNS, len(questions))
    grid = (-(-len(questions) // columns), columns)
    size = (3.3 * grid[1] + 1.6, 2.9 * grid[0])
    with saved_plot(path, nrows=grid[0], ncols=grid[1], figsize=size, squeeze=False) as axes:
        panels = axes.ravel()
        for panel, question in zip(panels, questions, strict=False):
            _panel(panel, results, question)
        for empty in panels[len(questions) :]:
            empty.set_visible(False)
        for row in axes:
            row[0].set_ylabel("episodes that succeed, %")
        handles, labels = panels[0].get_legend_handles_labels()
        panels[0].figure.legend(handles, labels, loc="outside right upper")


def _panel(axes: Any, results: StudyResults, question: Question) -> None:
    budgets = results.main_budgets(question.setting)
    for position, arm in enumerate(results.arms):
        _line(axes, results, question, arm=arm, color=arm_color(arm, position))
    ticks = ["all" if budget is None else str(budget) for budget in budgets]
    axes.set_xscale("log")
    axes.set_xticks([budget_place(budget, budgets) for budget in budgets], ticks)
    axes.minorticks_off()
    axes.set_ylim(-3, 103)
    axes.set_xlabel("labelled episodes")
    axes.set_title(question.title)


def _line(axes: Any, results: StudyResults, question: Question, *, arm: str, color: str) -> None:
    budgets = results.main_budgets(question.setting)
    asked = [(b, answer_grid(results, replace(question, budget=b), arm)) for b in budgets]
    tried = [(budget_place(b, budgets), grid) for b, grid in asked if grid is not None]
    means = [estimate(grid, bounds=SHARE) for _, grid in tried]
    x = np.array([place for place, _ in tried])
    axes.plot(x, [100 * mean.value for mean in means], marker="o", ms=4, color=color, label=arm)
    low = [np.nan if mean.low is None else 100 * mean.low for mean in means]
    high = [np.nan if mean.high is None else 100 * mean.high for mean in means]
    if len(tried) == 1:
        axes.vlines(x, low, high, color=color, alpha=0.5)
    else:
        axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
    for place, grid in tried:
        cell_dots(axes, place, grid, width=0.12 * place, color=color)


def budget_place(budget: Budget, budgets: Sequence[Budget]) -> float:
    """Place on the axis; "all" stands twice as far as the largest number."""
    numbers = [number for number in budgets if number is not None]
    return float(budget) if budget is not None else 2.0 * max(numbers, default=1)
