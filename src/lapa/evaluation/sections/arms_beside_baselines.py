"""Every arm beside what needs no policy: the mean action, the previous one, the nearest labelled frame's."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Table, rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.policies.arms import ArmsEvidence, ArmsSection
from lapa.evaluation.policies.baselines import LABELS, PredictMean, RepeatLast
from lapa.evaluation.policies.beside_baselines import MINUS, closeness
from lapa.evaluation.policies.evidence import ARM
from lapa.records import EvaluationReport, Metric

TO_BEAT = (PredictMean.name, RepeatLast.name)
"""Baselines that the summary speaks of."""
Named = dict[str, Metric]


class ArmsBesideBaselines(ArmsSection):
    """One table: errors of arms and baselines on the same held-out steps, and paired differences."""

    name = "arms beside baselines"
    title = "Action error"

    def measure(self, evidence: ArmsEvidence) -> Finding:
        """Read what the reports of the policies hold; nothing is predicted again.

        Raises:
            CannotMeasureError: no arm has an action error.
        """
        arms = {arm: _named(report, ARM) for arm, report in evidence.arms.items()}
        arms = {arm: metrics for arm, metrics in arms.items() if "action/mse_normalized" in metrics}
        if not arms:
            raise CannotMeasureError("no arm has an action error")
        baselines = _baselines(evidence.arms)
        words = tuple(_sentence(name, arms) for name in TO_BEAT if name in baselines)
        return Finding(
            blocks=rows(_table(arms, baselines)), sentences=() if evidence.successes else words
        )


def _named(report: EvaluationReport, subject: str) -> Named:
    return {metric.name: metric for metric in report.metrics.get(subject, ())}


def _baselines(arms: Mapping[str, EvaluationReport]) -> dict[str, Named]:
    """Errors by baseline; the same for all arms, which were taught with the same episodes."""
    held: dict[str, Named] = {}
    for name in LABELS:
        measured = (_named(report, name) for report in arms.values())
        if first := next(filter(None, measured), None):
            held[name] = first
    return held


def _table(arms: Mapping[str, Named], baselines: Mapping[str, Named]) -> Table:
    def row(label: str, metrics: Named) -> tuple[str, ...]:
        errors = (metrics["action/mse_normalized"], metrics["action/mae_normalized"])
        differences = (number(metrics.get(MINUS + name), 4) for name in baselines)
        return (label, str(errors[0].n), *(number(error, 4) for error in errors), *differences)

    return Table(
        head=(
            "held-out actions",
            "episodes",
            "mean squared error, normalised",
            "mean absolute error, normalised",
            *(f"squared, minus {LABELS[name]}" for name in baselines),
        ),
        rows=(
            *(row(arm, metrics) for arm, metrics in arms.items()),
            *(row(LABELS[name], metrics) for name, metrics in baselines.items()),
        ),
    )


def _sentence(baseline: str, arms: Mapping[str, Named]) -> str:
    """How every arm stands to one baseline, which needs no policy."""
    differences = {arm: metrics.get(MINUS + baseline) for arm, metrics in arms.items()}
    facts = [
        f"{arm} {number(difference, 3)} ({closeness(difference)})"
        for arm, difference in differences.items()
        if difference is not None
    ]
    return (
        f"Normalised squared error on held-out episodes minus that of {LABELS[baseline]}, which needs no policy: "
        f"{', '.join(facts)}."
    )
