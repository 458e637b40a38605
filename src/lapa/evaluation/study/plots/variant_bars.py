"""Success of every variant of one arm as bars with intervals, and every cell as a dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lapa.evaluation.plots.style import CYCLE, saved_plot
from lapa.evaluation.study.plots.cells import cell_dots, whisker
from lapa.evaluation.study.question import SHARE, Question, answer_grid
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import estimate


def plot_variant_bars(
    results: StudyResults, questions: Sequence[Question], arm: str, path: Path
) -> None:
    """Draw one group of bars per variant that was tried, one bar per question.

    Args:
        results: of the study.
        questions: of one setting and budget; at least one.
        arm: whose variants.
        path: PNG to write.
    """
    variants = tried_variants(results, questions[0], arm)
    width = 0.84 / len(questions)
    with saved_plot(path, figsize=(min(14.0, 2.6 + 1.1 * len(variants)), 3.4)) as axes:
        for position, question in enumerate(questions):
            shift = (position - (len(questions) - 1) / 2) * width
            color = CYCLE[position % len(CYCLE)]
            for place, variant in enumerate(variants):
                asked = replace(question, variant=variant)
                _bar(axes, results, asked, arm, x=place + shift, width=width, color=color)
            axes.bar(0, 0, label=question.title, color=color)
        axes.set_xticks(np.arange(len(variants)), [v.replace("_", "\n") for v in variants])
        axes.set_ylim(0, 108)
        axes.set_yticks(range(0, 101, 20))
        axes.set_ylabel("episodes that succeed, %")
        axes.set_title(f"{arm}, {questions[0].words}")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def tried_variants(results: StudyResults, question: Question, arm: str) -> list[str]:
    """Those with an answer, in the order of the study."""
    return [
        variant
        for variant in results.variants_of(question.setting)
        if answer_grid(results, replace(question, variant=variant), arm) is not None
    ]


def _bar(
    axes: Any,
    results: StudyResults,
    question: Question,
    arm: str,
    *,
    x: float,
    width: float,
    color: str,
) -> None:
    if (grid := answer_grid(results, question, arm)) is None:
        return
    mean = estimate(grid, bounds=SHARE)
    axes.bar(x, 100 * mean.value, 0.92 * width, color=color, zorder=2)
    whisker(axes, x, mean, color="#1d2733")
    cell_dots(axes, x, grid, width=0.6 * width, color="#1d2733")
