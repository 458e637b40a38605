"""What more labels buy: success against the number of labelled episodes."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Plot
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.places import setting_words
from lapa.evaluation.study.plots.budget_curves import plot_budget_curves
from lapa.evaluation.study.question import shown_questions
from lapa.evaluation.study.results import StudyResults

LEAD = (
    "Lines are means, bands 95 % intervals, faint dots single cells (one pretraining seed "
    "and one labelled subset each)."
)


def curves_section(results: StudyResults, out: Path) -> PageSection:
    """One plot for every setting where several budgets were tried; empty without one."""
    blocks: list[Block] = []
    for setting in (s for s in results.settings if len(results.main_budgets(s)) > 1):
        file = out / f"budgets_{setting}.png"
        plot_budget_curves(results, shown_questions(results, setting, None), file)
        blocks += [
            Heading(text=setting_words(results, setting, {setting: None}, between=", ")),
            Plot(file=file.name, caption=f"Success in {setting} by labelled episodes."),
        ]
    return PageSection(
        title="Labelled episodes", leads=(LEAD,), parts=(Part(blocks=blocks, folder=out),)
    )
