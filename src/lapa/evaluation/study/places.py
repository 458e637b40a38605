"""Where the settings of a study are looked at together: each with a budget, and that may be its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lapa.evaluation.blocks import Block, folded
from lapa.evaluation.study.formatting import joined
from lapa.evaluation.study.keys import budget_order, budget_words
from lapa.evaluation.study.results import MAIN_VARIANT, StudyResults

Places = Mapping[str, int | None]
"""Setting -> its budget."""


def headline_places(results: StudyResults) -> Places:
    """Every setting at its headline budget."""
    return {setting: results.headline_budget(setting) for setting in results.settings}


def other_places(results: StudyResults) -> dict[int | None, Places]:
    """Budget -> the settings that have it, in any variant, beside their headline budget; budgets ascending."""
    others: dict[int | None, dict[str, int | None]] = {}
    for setting in results.settings:
        for budget in results.budgets_of(setting):
            if budget != results.headline_budget(setting):
                others.setdefault(budget, {})[setting] = budget
    return {budget: others[budget] for budget in sorted(others, key=budget_order)}


def at_other_places(
    results: StudyResults, blocks: Callable[[Places], Sequence[Block]]
) -> list[Block]:
    """What ``blocks`` makes of every other budget, each behind a click."""
    return [
        block
        for budget, places in other_places(results).items()
        for block in folded(f"The same with {budget_words(budget)}", blocks(places))
    ]


def setting_words(
    results: StudyResults, setting: str, places: Places, *, between: str = "\n"
) -> str:
    """A setting as the head of a row or column: with its budget where they differ, and an unusual variant."""
    words = [setting]
    if len(set(places.values())) > 1:
        words.append(budget_words(places[setting]))
    if (variant := results.main_variant(setting)) != MAIN_VARIANT:
        words.append(f"variant {variant}")
    return between.join(words)


def budgets_in_words(places: Places) -> str:
    """The budgets of some settings; where they differ, each with those that have it."""
    if len(distinct := dict.fromkeys(places.values())) == 1:
        return budget_words(next(iter(distinct)))
    return joined(
        [
            f"{budget_words(budget)} in {joined([s for s, of_setting in places.items() if of_setting == budget])}"
            for budget in distinct
        ]
    )
