"""Scores as a table: what was measured, beside its control, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.blocks import Table
from lapa.evaluation.formatting import ABSENT, number
from lapa.evaluation.score import Score

DIGITS = 3


def score_table(scores: Sequence[Score]) -> Table:
    """One row a score."""
    return Table(
        head=("metric", "measured", "control", "the control is", "better", "verdict"),
        rows=tuple(
            (
                score.metric.name,
                number(score.metric, DIGITS),
                ABSENT if score.control is None else number(score.control, DIGITS),
                score.control_is,
                score.better,
                score.verdict,
            )
            for score in scores
        ),
    )
