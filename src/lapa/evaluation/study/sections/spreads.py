"""How much success differs from seed to seed and from subset to subset, and the bootstrap beside the t interval."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.blocks import Block, Note, Table, rows
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.places import Places
from lapa.evaluation.study.question import Question, answer, answer_grid, shown_questions
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.bootstrap import bootstrap_estimate
from lapa.evaluation.study.statistics.spread import spread


def spread_blocks(results: StudyResults, places: Places) -> tuple[Block, ...]:
    """A table of every criterion and arm; nothing where there are too few seeds or subsets."""
    body = [
        row
        for setting, budget in places.items()
        for question in shown_questions(results, setting, budget)
        for row in map(partial(_spread_row, results, question), results.arms)
        if row
    ]
    if not body:
        return ()
    head = (
        "setting",
        "criterion",
        "arm",
        "t interval",
        "bootstrap",
        "worst seed",
        "best seed",
        "σ seeds",
        "σ subsets",
        "σ rest",
    )
    note = Note(
        text="In percent and points. σ: standard deviations that seeds, labelled subsets, and both together with the "
        "choice of scenes add to a cell (variance components). The bootstrap resamples all three; with few seeds it is too "
        "narrow, which is why the t interval is the one shown elsewhere."
    )
    return (note, *rows(Table(head=head, rows=tuple(body))))


def _spread_row(results: StudyResults, question: Question, arm: str) -> tuple[str, ...]:
    grid = answer_grid(results, question, arm)
    components = None if grid is None else spread(grid)
    if grid is None or components is None:
        return ()
    extremes = (components.worst_seed, components.best_seed)
    deviations = (components.between_seeds, components.between_subsets, components.rest)
    return (
        question.setting,
        question.title,
        arm,
        percent(answer(results, question, arm)),
        percent(bootstrap_estimate(grid)),
        *(f"{100 * mean:.1f}\n(seed {seed})" for seed, mean in extremes),
        *(f"{100 * deviation:.1f}" for deviation in deviations),
    )
