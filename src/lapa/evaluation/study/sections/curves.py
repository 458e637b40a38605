"""What more labels buy: success against the number of labelled episodes."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Plot
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.plots.budget_curves import plot_budget_curves
from lapa.evaluation.study.question import shown_questions
from lapa.evaluation.study.results import StudyResults

LEAD = (
    "Lines are means, bands 95 % intervals over seeds, subsets and scenes, faint dots single cells (one pretraining seed "
    "and one labelled subset each)."
)


def curves_section(results: StudyResults, out: Path) -> PageSection:
    """One plot a setting; empty where only one budget was tried."""
    blocks: list[Block] = []
    if len(results.main_budgets) > 1:
        for setting in results.settings:
            file = out / f"budgets_{setting}.png"
            plot_budget_curves(results, shown_questions(results, setting, None), file)
            blocks += [
                Heading(text=setting),
                Plot(file=file.name, caption=f"Success in {setting} by labelled episodes."),
            ]
    return PageSection(
        title="Labelled episodes", leads=(LEAD,), parts=(Part(blocks=blocks, folder=out),)
    )
