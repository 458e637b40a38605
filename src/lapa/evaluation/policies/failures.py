"""How the trials that failed ended, counted for every arm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lapa.evaluation.blocks import Table
from lapa.evaluation.policies.outcomes import TaskOutcomes


def failures(outcomes: TaskOutcomes) -> Counter[str]:
    """Endings of the trials without success, and how many had each."""
    trials = zip(outcomes.ends, outcomes.successes, strict=True)
    return Counter(ending for ending, success in trials if not success)


def failures_table(arms: Mapping[str, Mapping[str, TaskOutcomes]]) -> Table:
    """One row per criterion and ending, the commonest first; a column per arm.

    Args:
        arms: outcomes by arm and criterion.
    """
    criteria = dict.fromkeys(name for by_name in arms.values() for name in by_name)
    rows = []
    for criterion in criteria:
        counts = {arm: failures(of[criterion]) for arm, of in arms.items() if criterion in of}
        for ending, _ in sum(counts.values(), Counter[str]()).most_common():
            cells = [str(counts[arm][ending]) if arm in counts else "" for arm in arms]
            rows.append((criterion, ending, *cells))
    return Table(head=("task", "how it failed", *arms), rows=tuple(rows))
