"""One thing that every arm of a study is asked, and what each answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lapa.evaluation.study.keys import budget_words
from lapa.evaluation.study.results import MAIN_VARIANT, StudyResults
from lapa.evaluation.study.statistics.crossed import Estimate, estimate
from lapa.evaluation.study.statistics.differences import paired_grid
from lapa.evaluation.study.statistics.gap import gap_closed
from lapa.evaluation.study.statistics.grid import MIN_TASKS, Grid, success_grid

SHARE = (0.0, 1.0)
"""Bounds of a success rate."""
POINTS = (-1.0, 1.0)
"""Bounds of a difference of two."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Success in a setting, with a budget, by some criteria; of all arms."""

    setting: str
    budget: int | None
    variant: str
    criteria: tuple[str, ...]
    """Several are averaged (`success_grid`)."""
    title: str
    """What the criteria are called together."""

    @property
    def words(self) -> str:
        """Where the question is asked, for a sentence."""
        variant = "" if self.variant == MAIN_VARIANT else f" (variant {self.variant})"
        return f"{self.setting} with {budget_words(self.budget)}{variant}"


def tasks_question(
    results: StudyResults, setting: str, kind: str, budget: int | None, variant: str | None = None
) -> Question:
    """The mean over all tasks in one kind of scenes."""
    criteria = tuple(results.scenes(setting)[kind])
    return Question(
        setting=setting,
        budget=budget,
        variant=variant or results.main_variant(setting),
        criteria=criteria,
        title=criteria[0] if len(criteria) == 1 else f"{kind}, mean of {len(criteria)} tasks",
    )


def criterion_questions(results: StudyResults, setting: str, budget: int | None) -> list[Question]:
    """Every criterion by itself."""
    return [
        Question(
            setting=setting,
            budget=budget,
            variant=results.main_variant(setting),
            criteria=(criterion,),
            title=criterion,
        )
        for criterion in results.criteria(setting)
    ]


def shown_questions(results: StudyResults, setting: str, budget: int | None) -> list[Question]:
    """Every criterion by itself where tasks are few, else the mean over tasks in each kind of scenes."""
    kinds = results.scenes(setting)
    if max(len(criteria) for criteria in kinds.values()) < MIN_TASKS:
        return criterion_questions(results, setting, budget)
    return [tasks_question(results, setting, kind, budget) for kind in kinds]


def all_questions(results: StudyResults, setting: str, budget: int | None) -> list[Question]:
    """The means over tasks, and what `shown_questions` adds to them."""
    kinds = results.scenes(setting)
    means = [tasks_question(results, setting, kind, budget) for kind in kinds]
    return list(dict.fromkeys([*means, *shown_questions(results, setting, budget)]))


def answer_grid(results: StudyResults, question: Question, arm: str) -> Grid | None:
    """Outcomes of one arm; None where it was not tried."""
    cells = results.at(
        setting=question.setting, arm=arm, budget=question.budget, variant=question.variant
    )
    return success_grid(cells, question.criteria)


def answer(results: StudyResults, question: Question, arm: str) -> Estimate | None:
    """Mean success of one arm with its interval; None where it was not tried."""
    grid = answer_grid(results, question, arm)
    return None if grid is None else estimate(grid, bounds=SHARE)


def difference_grid(results: StudyResults, question: Question, arm: str, other: str) -> Grid | None:
    """``arm - other``, scene by scene; None where they have nothing in common."""
    return paired_grid(answer_grid(results, question, arm), answer_grid(results, question, other))


def difference(results: StudyResults, question: Question, arm: str, other: str) -> Estimate | None:
    """Mean of ``arm - other`` with its interval; None where they have nothing in common."""
    grid = difference_grid(results, question, arm, other)
    return None if grid is None else estimate(grid, bounds=POINTS)


def reference_variant(
    results: StudyResults, setting: str, arm: str, budget: int | None
) -> str | None:
    """The variant that others of this arm are compared with: the first that was tried, the main one if it was."""
    return next(
        (
            variant
            for variant in results.variants_of(setting)
            if results.at(setting=setting, arm=arm, budget=budget, variant=variant)
        ),
        None,
    )


def variant_difference_grid(
    results: StudyResults, question: Question, arm: str, variant: str, other: str
) -> Grid | None:
    """``variant - other`` of one arm, scene by scene; None where they have nothing in common."""
    first, second = (replace(question, variant=name) for name in (variant, other))
    return paired_grid(answer_grid(results, first, arm), answer_grid(results, second, arm))


def variant_difference(
    results: StudyResults, question: Question, arm: str, variant: str, other: str
) -> Estimate | None:
    """Mean of ``variant - other`` of one arm with its interval; None where they have nothing in common."""
    grid = variant_difference_grid(results, question, arm, variant, other)
    return None if grid is None else estimate(grid, bounds=POINTS)


def gap_share(
    results: StudyResults, question: Question, arm: str, *, lower: str, upper: str
) -> Estimate | None:
    """Share of the gap between two arms that a third closes; None where one of them was not tried."""
    one, low, high = (answer_grid(results, question, name) for name in (arm, lower, upper))
    return None if one is None or low is None or high is None else gap_closed(one, low, high)
