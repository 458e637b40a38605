"""Scores as dots with their intervals, above the band of their controls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lapa.evaluation.plots.style import BLUE, GRAY, GREEN, RED, saved_plot
from lapa.evaluation.score import Score

COLORS = {"passes": GREEN, "unclear": BLUE, "fails": RED}


def plot_scores(scores: Sequence[Score], heading: str, axis: str, path: Path) -> None:
    """Draw a row per score; the side that is better is written beside its name.

    Args:
        scores: of one unit, at least one.
        heading: of the plot.
        axis: what is measured, with its unit.
        path: PNG to write.
    """
    places = list(range(len(scores)))[::-1]
    with saved_plot(path, figsize=(7.5, 0.36 * len(scores) + 1.6)) as panel:
        for place, score in zip(places, scores, strict=True):
            draw_score(panel, place, score)
        panel.axvline(0, color="black", linewidth=0.8)
        panel.set_yticks(places, [f"{s.metric.name}\n({s.better} is better)" for s in scores])
        panel.tick_params(labelsize=8)
        panel.set_ylim(-0.7, len(scores) - 0.3)
        panel.set_xlabel(axis)
        panel.set_title(heading, fontsize=10)
        panel.figure.legend(
            handles=legend_of_verdicts(), loc="outside lower center", ncols=4, fontsize=8
        )


def draw_score(panel, place: int, score: Score) -> None:  # type: ignore[no-untyped-def]
    """A dot with its interval, in the colour of its verdict, above its control."""
    _control(panel, place, score)
    metric, color = score.metric, COLORS[score.verdict]
    if metric.low is not None and metric.high is not None:
        panel.plot([metric.low, metric.high], [place, place], color=color, linewidth=1.6)
    panel.plot(metric.value, place, "o", color=color, markersize=5)


def _control(panel, place: int, score: Score) -> None:  # type: ignore[no-untyped-def]
    """The middle 95 % of the control as a band, a bound as a tick."""
    control = score.control
    value = 0.0 if control is None else control.value
    panel.plot([value, value], [place - 0.3, place + 0.3], color=GRAY, linewidth=2)
    if control is not None and control.low is not None and control.high is not None:
        width = control.high - control.low
        panel.barh(place, width, 0.6, left=control.low, color=GRAY, alpha=0.4, linewidth=0)


def legend_of_verdicts() -> list[Line2D | Patch]:
    """What colours and band mean."""
    dots: list[Line2D | Patch] = [
        Line2D([], [], marker="o", color=color, label=verdict) for verdict, color in COLORS.items()
    ]
    return [*dots, Patch(color=GRAY, alpha=0.4, label="control: mean or bound, and 95 %")]
