"""Training and validation curves, read from the ``metrics.jsonl`` that every stage leaves behind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from lapa.evaluation.plots.style import arm_color, saved_plot

Curve = dict[int, float]


def read_curves(checkpoint: Path) -> dict[str, Curve]:
    """Curves of one checkpoint folder by metric name; empty where it kept none.

    A resumed training may have logged a step twice; the later line holds. A last line that is still being written
    is left out.
    """
    file = checkpoint / "metrics.jsonl"
    curves: dict[str, Curve] = defaultdict(dict)
    if not file.is_file():
        return curves
    complete, _, _ = file.read_text().rpartition("\n")
    for line in complete.splitlines():
        logged = json.loads(line)
        step = logged.pop("step")
        for name, value in logged.items():
            if value is not None and step is not None:
                curves[name][int(step)] = float(value)
    return curves


def plot_curves(
    arms: Mapping[str, Mapping[str, Curve]], heading: str, path: Path, *, loss: str = "loss"
) -> bool:
    """Draw training and validation loss of every arm.

    Args:
        arms: curves by arm, as `read_curves` gives them.
        heading: of the plot.
        path: PNG to write.
        loss: name of the loss after ``train/`` and ``val/``.

    Returns:
        Whether there was anything to draw.
    """
    with_loss = {arm: curves for arm, curves in arms.items() if curves.get(f"train/{loss}")}
    if not with_loss:
        return False
    with saved_plot(path, figsize=(5.6, 3.0)) as axes:
        for position, (arm, curves) in enumerate(with_loss.items()):
            color = arm_color(arm, position)
            for name, style in ((f"train/{loss}", "-"), (f"val/{loss}", "o--")):
                if curve := curves.get(name):
                    steps = sorted(curve)
                    axes.plot(
                        steps,
                        [curve[step] for step in steps],
                        style,
                        color=color,
                        label=f"{arm}: {name.split('/')[0]}",
                        linewidth=1.2,
                        markersize=3,
                    )
        axes.set_xlabel("optimiser steps")
        axes.set_ylabel(loss.replace("_", " "))
        axes.set_title(heading)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return True
