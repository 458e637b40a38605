"""What the trials that failed did: never touched, touched and lost, a wrong object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lapa.envs.base import SUCCESS
from lapa.evaluation.blocks import Block, Plot, Table, folded, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.keys import SEEN
from lapa.evaluation.study.places import budgets_in_words, headline_places
from lapa.evaluation.study.plots.endings_bars import plot_endings
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellResult

Shares = dict[str, float]
"""Ending -> share of all trials."""


def endings_section(results: StudyResults, out: Path) -> PageSection:
    """A plot per setting and criterion, variants of the scenes behind a click; empty where no cell tells."""
    blocks: list[Block] = []
    for setting in results.settings:
        for kind, criteria in results.scenes(setting).items():
            of_kind = [b for c in criteria for b in _criterion(results, setting, c, out)]
            blocks += of_kind if kind == SEEN else folded(f"{setting}, {kind}", of_kind)
    budgets = budgets_in_words(headline_places(results))
    lead = f"How trials ended, over all cells with {budgets}, in percent of the trials."
    return PageSection(
        title="How trials ended", leads=(lead,), parts=(Part(blocks=blocks, folder=out),)
    )


def _criterion(results: StudyResults, setting: str, criterion: str, out: Path) -> tuple[Block, ...]:
    budget = results.headline_budget(setting)
    tried = {
        arm: shares
        for arm in results.arms
        if (shares := endings(results.at(setting=setting, arm=arm, budget=budget), criterion))
    }
    if not tried:
        return ()
    file = out / f"endings_{setting}_{criterion.replace('/', '_')}.png"
    plot_endings(tried, known_endings(results), f"{setting}, {criterion}", file)
    caption = f"{setting}, {criterion}: success and the endings of failures, by arm."
    return (Plot(file=file.name, caption=caption), *folded("In numbers", rows(_table(tried))))


def known_endings(results: StudyResults) -> list[str]:
    """Every ending of any failure in the study, the commonest first, so that each keeps its colour."""
    counts: Counter[str] = Counter()
    for cell in results.cells:
        for outcomes in cell.outcomes.values():
            counts.update(outcomes.ends)
    return sorted(counts, key=lambda ending: (-counts[ending], ending))


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
