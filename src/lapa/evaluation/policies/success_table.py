"""Success of every arm and task as one table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lapa.records import EvaluationReport, Metric

PREFIX = "success/"


def success_rates(report: EvaluationReport) -> tuple[Metric, ...]:
    """Success rates of one policy's report, named by task."""
    figures = report.arms.get("policy", ())
    return tuple(
        figure.model_copy(update={"name": figure.name.removeprefix(PREFIX)})
        for figure in figures
        if figure.name.startswith(PREFIX)
    )


def success_table(policies: Mapping[str, EvaluationReport]) -> pd.DataFrame:
    """One row per arm and task: percentages with Wilson's 95 % interval, and scenes."""
    rows = [
        {
            "arm": arm,
            "task": rate.name,
            "success_percent": _percent(rate.value),
            "low_percent": _percent(rate.low),
            "high_percent": _percent(rate.high),
            "scenes": rate.n,
        }
        for arm, report in policies.items()
        for rate in success_rates(report)
    ]
    columns = ["arm", "task", "success_percent", "low_percent", "high_percent", "scenes"]
    return pd.DataFrame(rows, columns=columns)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
