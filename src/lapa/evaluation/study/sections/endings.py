"""What the trials that failed did: never touched, touched and lost, a wrong object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Plot, Table, folded, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.plots.endings_bars import SUCCESS, plot_endings
from lapa.evaluation.study.results import StudyResults, budget_words
from lapa.records import CellResult

Shares = dict[str, float]
"""Ending -> share of all trials."""


def endings_section(results: StudyResults, out: Path) -> PageSection:
    """One plot per setting and criterion; empty where the cells do not tell how trials ended."""
    budget = results.headline_budget
    blocks: list[Block] = []
    for setting in results.settings:
        for criterion in results.criteria(setting):
            blocks += _criterion(results, setting, criterion, budget, out)
    lead = (
        f"How trials ended, over all cells with {budget_words(budget)}, in percent of the trials."
    )
    return PageSection(
        title="How trials ended", leads=(lead,), parts=(Part(blocks=blocks, folder=out),)
    )


def _criterion(
    results: StudyResults, setting: str, criterion: str, budget: int | None, out: Path
) -> tuple[Block, ...]:
    tried = {
        arm: shares
        for arm in results.arms
        if (shares := endings(results.at(setting=setting, arm=arm, budget=budget), criterion))
    }
    if not tried:
        return ()
    title = f"{setting}, {criterion}"
    file = out / f"endings_{setting}_{criterion.replace('/', '_')}.png"
    plot_endings(tried, title, file)
    plot = Plot(file=file.name, caption=f"{title}: success and the endings of failures, by arm.")
    return (Heading(text=title), plot, *folded("In numbers", rows(_table(tried))))


def endings(cells: Sequence[CellResult], criterion: str) -> Shares:
    """Share of all trials by ending, success first; empty where failures have none."""
    outcomes = [c.outcomes[criterion] for c in cells if criterion in c.outcomes]
    told = [one for one in outcomes if one.ends or "0" not in one.successes]
    counts: Counter[str] = Counter()
    for one in told:
        counts.update({SUCCESS: one.successes.count("1")} | one.ends)
    if not set(counts) - {SUCCESS}:
        return {}
    total = counts.total()
    return {ending: count / total for ending, count in counts.items()}


def _table(by_arm: dict[str, Shares]) -> Table:
    named = list(dict.fromkeys(ending for shares in by_arm.values() for ending in shares))
    body = [
        (ending, *(f"{100 * shares.get(ending, 0.0):.1f}" for shares in by_arm.values()))
        for ending in named
    ]
    return Table(head=("ending", *by_arm), rows=tuple(body))
