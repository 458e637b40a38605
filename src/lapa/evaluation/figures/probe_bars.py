"""Probe R² per action dimension: the codes beside everything they must beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lapa.evaluation.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, YELLOW, drawn
from lapa.evaluation.probes import ProbeScore

COLOURS = {
    "codes": BLUE,
    "pre_quantised": SKY,
    "state": GREEN,
    "frame_difference": PURPLE,
    "random_codes": ORANGE,
    "random_pre_quantised": YELLOW,
    "shuffled_labels": GREY,
}
FLOOR = -0.25
"""A probe that generalises badly can be arbitrarily far below zero, which means no more than zero."""
TITLES = {"linear": "linear probe", "mlp": "MLP probe"}
LABELS = {
    "codes": "codes",
    "pre_quantised": "before quantisation",
    "state": "state only (control)",
    "frame_difference": "raw frame difference (control)",
    "random_codes": "untrained quantiser: codes (control)",
    "random_pre_quantised": "untrained quantiser: before quantisation (control)",
    "shuffled_labels": "codes, shuffled actions (control)",
}


def draw_probes(scores: Sequence[ProbeScore], path: Path) -> None:
    """Draw one panel per probe kind (linear, MLP)."""
    kinds = sorted({score.kind for score in scores})
    dimensions = list(dict.fromkeys(score.dimension for score in scores))
    size = (max(6.0, 2.0 * len(dimensions) + 1.0), 2.5 * len(kinds) + 1.2)
    with drawn(path, nrows=len(kinds), sharex=True, squeeze=False, figsize=size) as panels:
        for panel, kind in zip(panels[:, 0], kinds, strict=True):
            _panel(panel, [s for s in scores if s.kind == kind], dimensions)
            panel.set_ylabel(f"{TITLES[kind]}: held-out R²")
        figure = panels[0, 0].figure
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=8)
        first = scores[0]
        figure.suptitle(
            "Can the true action, summed over H, be read from the codes?\n"
            f"{first.samples} pairs of {first.episodes} unseen episodes; 95 % interval over "
            f"episodes; bars below {FLOOR} are cut",
            fontsize=10,
        )


def _panel(axes, scores, dimensions) -> None:  # type: ignore[no-untyped-def]
    inputs = [name for name in COLOURS if any(score.inputs == name for score in scores)]
    width = 0.85 / len(inputs)
    for position, name in enumerate(inputs):
        chosen = {score.dimension: score.interval for score in scores if score.inputs == name}
        shown = [dimension for dimension in dimensions if dimension in chosen]
        x = [dimensions.index(d) + (position - (len(inputs) - 1) / 2) * width for d in shown]
        values = np.array([chosen[d].value for d in shown])
        low = np.array([max(chosen[d].low, FLOOR) for d in shown])
        high = np.array([max(chosen[d].high, FLOOR) for d in shown])
        values = np.maximum(values, FLOOR)
        error = [values - low, high - values]
        axes.bar(
            x,
            values,
            0.95 * width,
            color=COLOURS[name],
            label=LABELS[name],
            yerr=np.clip(error, 0, None),
            error_kw={"linewidth": 0.8},
        )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylim(FLOOR, 1.05)
    axes.set_xticks(range(len(dimensions)), dimensions)
