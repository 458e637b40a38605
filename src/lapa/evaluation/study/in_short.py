"""The answer of a study in a few sentences, computed from the intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lapa.evaluation.study.comparisons import compared_arms, compared_variants
from lapa.evaluation.study.formatting import joined, percent
from lapa.evaluation.study.known_arms import LOWER, UPPER
from lapa.evaluation.study.missing import missing_cells
from lapa.evaluation.study.question import (
    Question,
    answer,
    answer_grid,
    gap_share,
    tasks_question,
)
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.upstream import by_arm, upstream_question
from lapa.evaluation.study.statistics.association import MIN_MODELS
from lapa.evaluation.study.statistics.spread import spread
from lapa.records import CellKey

MOST = 10


def in_short(results: StudyResults, expected: Sequence[CellKey] | None = None) -> list[str]:
    """At most `MOST` sentences: success, comparisons and gap of every setting, what predicts, what is missing."""
    sentences = []
    for setting in results.settings:
        kinds = list(results.scenes(setting))
        question = tasks_question(results, setting, kinds[0], results.headline_budget(setting))
        sentences += [
            *_success(results, question),
            *compared_arms(results, question),
            *compared_variants(results, question),
            *_gap(results, question),
        ]
    rest = [*_predictors(results), *_missing(results, expected)]
    return [*sentences[: MOST - len(rest)], *rest]


def _success(results: StudyResults, question: Question) -> list[str]:
    first = results.arms[0]
    if (rate := answer(results, question, first)) is None:
        return [f"In {question.words}, there is no figure for {first}."]
    grid = answer_grid(results, question, first)
    components = None if grid is None else spread(grid)
    worst = (
        ""
        if components is None
        else f", {100 * components.worst_seed[1]:.1f} % with its worst seed"
    )
    unsure = f" (no interval: {rate.reason})" if rate.reason else ""
    return [
        f"In {question.words}, {first} succeeds in {percent(rate, between=' % ')}"
        f"{'' if rate.low is not None else ' %'} of the trials ({question.title}){worst}{unsure}."
    ]


def _gap(results: StudyResults, question: Question) -> list[str]:
    first = results.arms[0]
    share = gap_share(results, question, first, lower=LOWER, upper=UPPER)
    if share is None:
        return []
    if math.isnan(share.value):
        return [
            f"What share of the gap between {LOWER} and {UPPER} it closes cannot be said: {share.reason}."
        ]
    text = percent(share, digits=0, between=" % ")
    return [
        f"It closes {text}{'' if share.low is not None else ' %'} of the gap between {LOWER} and {UPPER}."
    ]


def _predictors(results: StudyResults) -> list[str]:
    """Which upstream figures go with success, over all settings and arms; nothing where there are none."""
    tested, holding = 0, []
    tried = False
    for setting in results.settings:
        for arm, of_arm in by_arm(results, upstream_question(results, setting)).items():
            tried = True
            for one in of_arm:
                correlation = one.correlation
                tested += correlation.low is not None
                if correlation.is_positive or correlation.is_negative:
                    holding.append(
                        f"{one.metric} of {arm} in {setting} (ρ {correlation.value:+.2f})"
                    )
    if not tried:
        return []
    if not tested:
        return [
            f"No upstream figure can be said to predict success: there are fewer than {MIN_MODELS} models."
        ]
    named = joined(holding[:4]) + (f" and {len(holding) - 4} more" if len(holding) > 4 else "")
    return [
        f"{len(holding)} of {tested} upstream figures go with success or against it{': ' if named else ''}{named}."
    ]


def _missing(results: StudyResults, expected: Sequence[CellKey] | None) -> list[str]:
    count = len(missing_cells(results, expected))
    counted = "1 cell is" if count == 1 else f"{count} cells are"
    return [f"{counted} missing; “Not measured” names them."] if count else []
