"""How often each arm succeeds: one table in the paper's shape, then every criterion, then how it spreads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Plot, Table, folded, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.places import (
    Places,
    at_other_places,
    budgets_in_words,
    headline_places,
    setting_words,
)
from lapa.evaluation.study.plots.success_bars import plot_success_bars
from lapa.evaluation.study.question import (
    Question,
    answer,
    criterion_questions,
    shown_questions,
    tasks_question,
)
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.spreads import spread_blocks
from lapa.evaluation.study.statistics.grid import MIN_TASKS

LEAD = (
    "Mean success in percent over pretraining seeds, labelled subsets and scenes; in brackets the 95 % interval over "
    f"all three, the task in place of the scene where the mean is over {MIN_TASKS} tasks or more (docs/study-statistics.md). "
    "Without brackets there were too few seeds or subsets for one."
)
CHOSEN = (
    "Which weights of a policy are exported is chosen on held-out episodes, by the error of their actions and for all arms "
    "alike (finetune.trainer.select; docs/settings.md). Success is of scenes that choose nothing."
)


def success_section(results: StudyResults, out: Path) -> PageSection:
    """Success of every arm at the headline budget; the other budgets open on a click."""
    headline = headline_places(results)
    blocks: list[Block] = [
        Heading(text=f"Arms by setting, {budgets_in_words(headline)}"),
        *rows(paper_table(results, headline)),
    ]
    for setting in results.settings:
        blocks += _setting(results, setting, out)
    blocks += at_other_places(results, partial(_tables, results))
    blocks += folded("How much seeds and subsets differ", spread_blocks(results, headline))
    return PageSection(
        title="Success", leads=(LEAD, CHOSEN), parts=(Part(blocks=blocks, folder=out),)
    )


def paper_table(results: StudyResults, places: Places) -> Table:
    """Arms (rows) by setting and kind of scenes (columns), means over tasks."""
    questions = [
        (
            f"{setting_words(results, setting, places)}\n{kind}",
            tasks_question(results, setting, kind, budget),
        )
        for setting, budget in places.items()
        for kind in results.scenes(setting)
    ]
    return _arms_table(results, questions)


def _arms_table(results: StudyResults, questions: Sequence[tuple[str, Question]]) -> Table:
    body = [
        (arm, *(percent(answer(results, question, arm)) for _, question in questions))
        for arm in results.arms
    ]
    return Table(head=("arm", *(title for title, _ in questions)), rows=tuple(body))


def criteria_table(results: StudyResults, setting: str, budget: int | None) -> Table:
    """Criteria (rows) by arm (columns) of one setting."""
    body = [
        (
            question.title,
            *(percent(answer(results, question, arm)) for arm in results.arms),
        )
        for question in criterion_questions(results, setting, budget)
    ]
    return Table(head=("criterion", *results.arms), rows=tuple(body))


def _setting(results: StudyResults, setting: str, out: Path) -> tuple[Block, ...]:
    budget = results.headline_budget(setting)
    questions = shown_questions(results, setting, budget)
    file = out / f"success_{setting}.png"
    plot_success_bars(results, questions, file)
    return (
        Heading(text=f"{questions[0].words}, criterion by criterion"),
        Plot(
            file=file.name,
            caption="Bars are means, whiskers 95 % intervals, dots single cells.",
        ),
        *rows(criteria_table(results, setting, budget)),
    )


def _tables(results: StudyResults, places: Places) -> list[Block]:
    tables = [paper_table(results, places)]
    tables += [criteria_table(results, setting, budget) for setting, budget in places.items()]
    return [block for table in tables for block in rows(table)]
