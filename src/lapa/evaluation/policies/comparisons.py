"""The first arm against every other one: in closed loop scene by scene, in error episode by episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.policies.episode_errors import EpisodeErrors, paired_error, read_errors
from lapa.evaluation.policies.outcomes import TaskOutcomes, paired_successes, read_outcomes
from lapa.evaluation.statistics.intervals import paired_difference
from lapa.params.evaluation import EvaluationParams
from lapa.records import EvaluationReport, Metric

ACTION_ERROR = "action_error"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One arm against another on one task, or by action error."""

    arm: str
    other: str
    criterion: str
    """A task, ``TASK/VARIANT``, or `ACTION_ERROR`."""
    difference: Metric
    """``<arm> - <other>/<criterion>``."""


def compare_successes(arms: Mapping[str, EvaluationReport]) -> list[Comparison]:
    """The first arm minus every other one, task by task, scene by scene.

    Raises:
        ValueError: the arms were rolled out on different scenes.
    """
    main, *others = arms
    outcomes = {arm: read_outcomes(report) for arm, report in arms.items()}
    return [
        _success(main, other, task, first, outcomes[other][task])
        for task, first in outcomes[main].items()
        for other in others
        if task in outcomes[other]
    ]


def _success(
    main: str, other: str, task: str, first: TaskOutcomes, second: TaskOutcomes
) -> Comparison:
    one, two = paired_successes(first, second, names=(main, other))
    difference = paired_difference(f"{main} - {other}/{task}", one, two)
    return Comparison(arm=main, other=other, criterion=task, difference=difference)


def compare_errors(
    arms: Mapping[str, EvaluationReport], params: EvaluationParams, analyses: Analyses
) -> list[Comparison]:
    """Normalised absolute error of the first arm minus that of every other one.

    Raises:
        ValueError: the arms were measured on different episodes.
    """
    errors = {arm: read_errors(report) for arm, report in arms.items()}
    measured = {arm: of_arm for arm, of_arm in errors.items() if of_arm is not None}
    if missing := [arm for arm in arms if arm not in measured]:
        reason = f"there is no action error of {', '.join(missing)}"
        analyses.skip("comparison of action errors", reason)
        return []
    main, *others = arms
    return [_error(main, other, measured, params) for other in others]


def _error(
    main: str, other: str, errors: Mapping[str, EpisodeErrors], params: EvaluationParams
) -> Comparison:
    difference = paired_error(
        f"{main} - {other}/{ACTION_ERROR}",
        errors[main],
        errors[other],
        resamples=params.probe.resamples,
        seed=params.seed,
    )
    return Comparison(arm=main, other=other, criterion=ACTION_ERROR, difference=difference)
