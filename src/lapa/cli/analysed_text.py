"""What `lapa analyse` prints: sentences, the scorecard, what could not be measured, where everything lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from lapa.evaluation.report.analyse import PAIRS, Analysed
from lapa.evaluation.report.laq_page import PAGE
from lapa.evaluation.score import Score
from lapa.records import Metric


def show(analysed: Analysed, folder: Path) -> None:
    """Print the result that was published in ``folder``."""
    for finding in analysed.findings:
        for sentence in finding.sentences:
            click.echo(f"- {sentence}")
    if scores := [score for finding in analysed.findings for score in finding.scores]:
        console = Console(width=None if Console().is_terminal else 140)
        console.print(_scorecard(scores))
    for name, reason in analysed.report.not_measured.items():
        click.echo(f"not measured: {name}, because {reason}")
    for path in (folder / PAIRS, analysed.latents):
        if path is not None and path.is_file():
            click.echo(f"pairs: {path}" if path.name == PAIRS else f"latents: {path}")
    click.echo(f"page: {folder / PAGE}")


def _scorecard(scores: Sequence[Score]) -> Table:
    table = Table("analysis", "metric", "value", "control", "control is", "verdict")
    for score in scores:
        control = "" if score.control is None else _value(score.control)
        table.add_row(
            score.analysis,
            score.metric.name,
            _value(score.metric),
            control,
            score.control_is,
            score.verdict,
        )
    return table


def _value(metric: Metric) -> str:
    if metric.low is None or metric.high is None:
        return f"{metric.value:.3g}"
    return f"{metric.value:.3g} [{metric.low:.3g}, {metric.high:.3g}]"
