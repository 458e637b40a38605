"""How much of what true actions would give pretraining on latent actions gives."""

from __future__ import annotations

from lapa.evaluation.blocks import Block, Table, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.known_arms import LOWER, UPPER
from lapa.evaluation.study.places import (
    Places,
    at_other_places,
    headline_places,
    setting_words,
)
from lapa.evaluation.study.question import Question, all_questions, gap_share
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import Estimate

LEAD = (
    f"(arm − {LOWER}) / ({UPPER} − {LOWER}) in percent, on the same seeds, subsets and scenes: 0 is as good as no "
    "pretraining, 100 as good as pretraining on the true actions of all episodes. Fieller's 95 % interval; no share where "
    "the gap itself is not clearly above zero."
)


def gap_section(results: StudyResults) -> PageSection:
    """The share at the headline budget, the other budgets behind a click; empty without both ends of the gap."""

    def blocks(places: Places) -> tuple[Block, ...]:
        return rows(gap_table(results, places))

    every = [*blocks(headline_places(results)), *at_other_places(results, blocks)]
    return PageSection(title="Gap closed", leads=(LEAD,), parts=(Part(blocks=every),))


def gap_table(results: StudyResults, places: Places) -> Table:
    """Settings and criteria (rows) by arm (columns)."""
    tried = {
        arm: _shares(results, arm, places) for arm in results.arms if arm not in (LOWER, UPPER)
    }
    arms = [arm for arm, shares in tried.items() if any(shares.values())]
    questions = list(dict.fromkeys(question for shares in tried.values() for question in shares))
    body = [
        (
            setting_words(results, question.setting, places),
            question.title,
            *(percent(tried[arm][question]) for arm in arms),
        )
        for question in questions
        if arms
    ]
    return Table(head=("setting", "criterion", *arms), rows=tuple(body))


def _shares(results: StudyResults, arm: str, places: Places) -> dict[Question, Estimate | None]:
    return {
        question: gap_share(results, question, arm, lower=LOWER, upper=UPPER)
        for setting, budget in places.items()
        if results.at(setting=setting, arm=UPPER, budget=budget)
        for question in all_questions(results, setting, budget)
    }
