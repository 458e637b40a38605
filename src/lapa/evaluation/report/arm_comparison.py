"""Arms against each other in words: over many tasks, and by action error without a simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lapa.evaluation.report.verdict import too_few
from lapa.records import Metric


def wins_sentence(arm: str, other: str, differences: Sequence[Metric]) -> str:
    """Count the tasks of a comparison, where there are too many to name in one breath."""
    judged = [d for d in differences if d.low is not None and d.high is not None]
    better = sum((d.low or 0.0) > 0 for d in judged)
    worse = sum((d.high or 0.0) < 0 for d in judged)
    return (
        f"{arm} beats {other} on {better} of {len(differences)} tasks, is worse on {worse}"
        + (
            f"; {len(differences) - len(judged)} have too few scenes"
            if len(judged) < len(differences)
            else ""
        )
        + "."
    )


def error_sentence(arm: str, other: str, errors: Mapping[str, Metric], difference: Metric) -> str:
    """Compare two arms by their action error on the same held-out episodes: lower is better."""
    facts = (
        f"mean absolute error {errors[arm].value:.3f} against {errors[other].value:.3f} "
        "(1: half the labelled range)"
    )
    if difference.low is None or difference.high is None:
        return f"On held-out episodes, {arm} against {other}: {facts}; {too_few(difference.n)}."
    facts += (
        f", paired difference {difference.value:+.3f} [{difference.low:+.3f}, "
        f"{difference.high:+.3f}] over {difference.n} episodes."
    )
    whose = f"On held-out episodes the actions of {arm} are"
    if difference.high < 0:
        return f"{whose} closer to the true ones than those of {other}: {facts}"
    if difference.low > 0:
        return f"{whose} farther from the true ones than those of {other}: {facts}"
    return f"{whose} no closer to the true ones than those of {other}: {facts}"
