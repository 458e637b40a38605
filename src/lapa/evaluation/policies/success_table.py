"""Success of every arm and task as one table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lapa.evaluation.policies.outcomes import read_outcomes
from lapa.evaluation.statistics.intervals import success_rate
from lapa.records import EvaluationReport, Metric


def success_rates(report: EvaluationReport) -> dict[str, Metric]:
    """Success rates of one policy's report by task (``TASK/VARIANT`` in a variant); empty without rollouts."""
    outcomes = read_outcomes(report)
    return {task: success_rate(task, of_task.successes) for task, of_task in outcomes.items()}


def success_table(policies: Mapping[str, EvaluationReport]) -> pd.DataFrame:
    """One row per arm, task and variant of the scenes: percentages with Wilson's 95 % interval, and scenes."""
    rows = [
        {
            "arm": arm,
            "task": task,
            "success_percent": _percent(rate.value),
            "low_percent": _percent(rate.low),
            "high_percent": _percent(rate.high),
            "scenes": rate.n,
        }
        for arm, report in policies.items()
        for task, rate in success_rates(report).items()
    ]
    columns = ["arm", "task", "success_percent", "low_percent", "high_percent", "scenes"]
    return pd.DataFrame(rows, columns=columns)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
