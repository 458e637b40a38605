"""A study's tables for a README, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.blocks import Table
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.keys import distinct_seeds
from lapa.evaluation.study.places import (
    Places,
    budgets_in_words,
    headline_places,
    setting_words,
)
from lapa.evaluation.study.question import answer, shown_questions
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.variant_differences import LEAD as PAIRED
from lapa.evaluation.study.sections.variant_differences import variant_differences_table
from lapa.evaluation.study.sections.variants import Chunks, notes, variants_table
from lapa.evaluation.study.statistics.grid import MIN_TASKS
from lapa.evaluation.study.variant_columns import told_once
from lapa.records import CellResult

_BREAK = "\n"
"""Of a line within a cell."""


def readme_table(results: Sequence[CellResult], chunks: Chunks | None = None) -> str:
    """The headline figures as Markdown: criteria by arm for every setting, variants, and what the brackets are.

    Args:
        results: of one study, in any order.
        chunks: actions that the variants predict at once, for a column.
    """
    study = StudyResults.of(results)
    places = headline_places(study)
    parts = []
    if len(study.arms) > 1 or len(study.variants) == 1:
        parts += [markdown(_arms_table(study, places)), _footnote(study, places)]
    if len(study.variants) > 1:
        told = told_once(study, places)
        parts += [f"Variants ({told}):" if told else "Variants:"]
        parts += [markdown(variants_table(study, places, chunks)), *notes(study, chunks)]
        paired = variant_differences_table(study, places)
        parts += [markdown(paired), PAIRED] if paired.rows else []
    return "\n\n".join(parts)


def markdown(table: Table) -> str:
    """A table as Markdown, every row on one line."""
    lines = [table.head, ("---",) * len(table.head), *table.rows]
    return "\n".join(
        f"| {' | '.join(cell.replace(_BREAK, ' ') for cell in row)} |" for row in lines
    )


def _arms_table(study: StudyResults, places: Places) -> Table:
    one_budget = len(set(places.values())) == 1
    said = f", {budgets_in_words(places)}" if one_budget else ""
    body = []
    for setting, budget in places.items():
        words = setting_words(study, setting, places, between=", ")
        for question in shown_questions(study, setting, budget):
            name = (
                question.title
                if words == setting and len(places) == 1
                else f"{words}: {question.title}"
            )
            rates = [percent(answer(study, question, arm), between=" ") for arm in study.arms]
            body.append((name, *rates))
    head = (f"closed-loop success, %{said}", *(f"`{arm}`" for arm in study.arms))
    return Table(head=head, rows=tuple(body))


def _footnote(study: StudyResults, places: Places) -> str:
    counted = {setting: _counted(study, setting, budget) for setting, budget in places.items()}
    if len(distinct := list(dict.fromkeys(counted.values()))) == 1:
        text = distinct[0]
    else:
        text = "; ".join(f"{setting}: {of_setting}" for setting, of_setting in counted.items())
    return f"Means over {text}."


def _counted(study: StudyResults, setting: str, budget: int | None) -> str:
    """What the figures of a setting are means over, and what its brackets are."""
    cells = [c for arm in study.arms for c in study.at(setting=setting, arm=arm, budget=budget)]
    seeds, subsets = distinct_seeds(cells)
    scenes = "/".join(
        map(str, sorted({len(o.successes) for c in cells for o in c.outcomes.values()}))
    )
    tasks = max(len(criteria) for criteria in study.scenes(setting).values())
    over_tasks = tasks >= MIN_TASKS
    each = f"{tasks} tasks × {scenes} scenes" if over_tasks else f"{scenes} scenes a criterion"
    brackets = (
        f"in brackets 95 % intervals over seeds, subsets and {'tasks' if over_tasks else 'scenes'}"
        if min(len(seeds), len(subsets)) > 1
        else "no intervals, because one seed or subset says nothing about others"
    )
    return f"{_times(len(seeds), 'pretraining seed')} × {_times(len(subsets), 'labelled subset')} × {each}, {brackets}"


def _times(count: int, name: str) -> str:
    return f"{count} {name}" + ("" if count == 1 else "s")
