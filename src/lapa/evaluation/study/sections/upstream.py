"""Which figure of a quantiser or backbone predicts success, if any does."""

from __future__ import annotations

import math
from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Plot, Table, rows
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import plain
from lapa.evaluation.study.keys import SEEN
from lapa.evaluation.study.plots.upstream_scatter import plot_upstream
from lapa.evaluation.study.question import Question, tasks_question
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.association import MIN_MODELS, Association
from lapa.evaluation.study.upstream import associations

LEAD = (
    "One dot is one quantiser (figures of laq/) or one backbone (foundation/) with the mean success of the policies that "
    "descend from it. ρ is Spearman's rank correlation within an arm, with its 95 % interval; under "
    f"{MIN_MODELS} models there is no interval and no claim. Many figures are looked at: one in twenty that predicts nothing "
    "has an interval that leaves out zero."
)


def upstream_section(results: StudyResults, out: Path) -> PageSection:
    """A plot and a table per setting; empty where no cell has upstream figures."""
    blocks: list[Block] = []
    for setting in results.settings:
        blocks += _setting(results, upstream_question(results, setting), out)
    return PageSection(
        title="What predicts success", leads=(LEAD,), parts=(Part(blocks=blocks, folder=out),)
    )


def upstream_question(results: StudyResults, setting: str) -> Question:
    """Success that figures are held against: the mean over tasks at the headline budget."""
    kinds = results.scenes(setting)
    kind = SEEN if SEEN in kinds else next(iter(kinds))
    return tasks_question(results, setting, kind, results.headline_budget(setting))


def by_arm(results: StudyResults, question: Question) -> dict[str, list[Association]]:
    """The associations of every arm that has upstream figures."""
    every = {arm: associations(results, question, arm) for arm in results.arms}
    return {arm: of_arm for arm, of_arm in every.items() if of_arm}


def _setting(results: StudyResults, question: Question, out: Path) -> tuple[Block, ...]:
    if not (every := by_arm(results, question)):
        return ()
    title = f"{question.words}: {question.title}"
    file = out / f"upstream_{question.setting}.png"
    plot_upstream(every, title, file)
    return (
        Heading(text=title),
        Plot(file=file.name, caption="Upstream figures against success, coloured by arm."),
        *rows(_table(every)),
    )


def _table(every: dict[str, list[Association]]) -> Table:
    """Figures (rows) by arm (columns)."""
    named = {arm: {one.metric: one for one in of_arm} for arm, of_arm in every.items()}
    metrics = dict.fromkeys(metric for of_arm in named.values() for metric in of_arm)
    body = [(metric, *(_cell(named[arm].get(metric)) for arm in named)) for metric in metrics]
    return Table(head=("figure", *(f"{arm}, ρ" for arm in named)), rows=tuple(body))


def _cell(one: Association | None) -> str:
    if one is None:
        return ABSENT
    if math.isnan(one.correlation.value):
        return f"{ABSENT}\n{claim(one)}"
    return f"{plain(one.correlation, digits=2, between=' ')} (n = {one.n})\n{claim(one)}"


def claim(one: Association) -> str:
    """What the correlation allows to say."""
    correlation = one.correlation
    if correlation.low is None:
        return f"no claim: {correlation.reason}"
    if correlation.is_positive or correlation.is_negative:
        return "goes with success" if correlation.is_positive else "goes against success"
    return "no relation shown"
