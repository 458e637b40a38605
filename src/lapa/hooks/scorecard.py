"""The scorecard of a checkpoint in MLflow: values as metrics, verdicts as tags, so that runs sort and filter by it."""

from __future__ import annotations

from pathlib import Path

import mlflow

from lapa.evaluation.scorecard.card import Scorecard
from lapa.evaluation.scorecard.storage import read_scorecard
from lapa.records import EvaluationReport

GROUP = "scorecard/"
PASSES = "headline/scorecard_passes"
"""Share of the metrics that pass: the column to sort checkpoints by first."""


def log_scorecard(report: EvaluationReport) -> None:
    """Log the card of a report into the active run; nothing where it has none.

    A page about the same codes holds a copy of the card, which is not logged again: it has no metrics.
    """
    card = read_scorecard(Path(report.path)) if report.metrics else None
    if card is None or not card.lines:
        return
    mlflow.log_metrics(scorecard_metrics(card))
    mlflow.set_tags({f"{GROUP}{line.metric.name}": line.verdict for line in card.lines})


def scorecard_metrics(card: Scorecard) -> dict[str, float]:
    """Every value, and how many metrics pass, fail, are unclear."""
    counts = {verdict: card.count(verdict) for verdict in ("passes", "fails", "unclear")}
    return {
        PASSES: counts["passes"] / len(card.lines),
        **{f"{GROUP}count/{verdict}": float(count) for verdict, count in counts.items()},
        **{f"{GROUP}{line.metric.name}": line.metric.value for line in card.lines},
    }
