"""Success of every arm as bars with intervals, and every cell as a dot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lapa.evaluation.plots.style import arm_color, saved_plot
from lapa.evaluation.study.plots.cells import cell_dots, whisker
from lapa.evaluation.study.question import SHARE, Question, answer_grid
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import estimate


def plot_success_bars(results: StudyResults, questions: Sequence[Question], path: Path) -> None:
    """Draw one group of bars per question.

    Args:
        results: of the study.
        questions: of one setting and budget; at least one.
        path: PNG to write.
    """
    width = 0.84 / len(results.arms)
    with saved_plot(path, figsize=(min(12.0, 2.6 + 1.7 * len(questions)), 3.4)) as axes:
        for position, arm in enumerate(results.arms):
            shift = (position - (len(results.arms) - 1) / 2) * width
            _arm(axes, results, questions, arm=arm, position=position, shift=shift, width=width)
        axes.set_xticks(np.arange(len(questions)), [q.title.replace("/", "\n") for q in questions])
        axes.set_ylim(0, 108)
        axes.set_yticks(range(0, 101, 20))
        axes.set_ylabel("episodes that succeed, %")
        axes.set_title(questions[0].words)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _arm(
    axes: Any,
    results: StudyResults,
    questions: Sequence[Question],
    *,
    arm: str,
    position: int,
    shift: float,
    width: float,
) -> None:
    label: str | None = arm
    for place, question in enumerate(questions):
        if (grid := answer_grid(results, question, arm)) is None:
            continue
        x, mean = place + shift, estimate(grid, bounds=SHARE)
        color = arm_color(arm, position)
        axes.bar(x, 100 * mean.value, 0.92 * width, label=label, color=color, zorder=2)
        label = None
        whisker(axes, x, mean, color="#1d2733")
        cell_dots(axes, x, grid, width=0.6 * width, color="#1d2733")
