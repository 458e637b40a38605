"""How much of what true actions would give pretraining on latent actions gives."""

from __future__ import annotations

from lapa.evaluation.blocks import Table, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.known_arms import LOWER, UPPER
from lapa.evaluation.study.question import Question, gap_share, shown_questions, tasks_question
from lapa.evaluation.study.results import StudyResults, budget_words

LEAD = (
    f"(arm − {LOWER}) / ({UPPER} − {LOWER}) in percent, on the same seeds, subsets and scenes: 0 is as good as no "
    "pretraining, 100 as good as pretraining on the true actions of all episodes. Fieller's 95 % interval; no share where "
    "the gap itself is not clearly above zero."
)


def gap_section(results: StudyResults) -> PageSection:
    """The share for every setting, budget and criterion; empty without both ends of the gap."""
    arms = [arm for arm in results.arms if arm not in (LOWER, UPPER)]
    body = [
        (
            question.setting,
            budget_words(question.budget),
            question.title,
            *(percent(gap_share(results, question, arm, lower=LOWER, upper=UPPER)) for arm in arms),
        )
        for question in _questions(results)
    ]
    has_both = {LOWER, UPPER} <= set(results.arms) and arms
    table = Table(
        head=("setting", "budget", "criterion", *arms), rows=tuple(body) if has_both else ()
    )
    return PageSection(title="Gap closed", leads=(LEAD,), parts=(Part(blocks=rows(table)),))


def _questions(results: StudyResults) -> list[Question]:
    """The mean over tasks and every criterion, wherever the upper end of the gap was tried."""
    every = []
    for setting in results.settings:
        for budget in results.main_budgets:
            if not results.at(setting=setting, arm=UPPER, budget=budget):
                continue
            kinds = results.scenes(setting)
            every += [tasks_question(results, setting, kind, budget) for kind in kinds]
            every += shown_questions(results, setting, budget)
    return list(dict.fromkeys(every))
