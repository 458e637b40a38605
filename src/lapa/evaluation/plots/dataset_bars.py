"""Key metrics of every dataset side by side, the whole mixture below them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lapa.evaluation.codes.dataset_metrics import DatasetMetrics
from lapa.evaluation.codes.reconstruction_metrics import DEPENDENCE, GAIN
from lapa.evaluation.plots.style import BLUE, GRAY, saved_plot
from lapa.records import Metric

PANELS = {
    GAIN: "gain over copy, dB",
    DEPENDENCE: "cost of shuffling\nthe codes, dB",
    "perplexity": "perplexity",
    "codebook_utilization": "share of the\ncodebook in use",
}
BEST = "R² of the best\nread dimension"


def plot_datasets(every: Sequence[DatasetMetrics], path: Path) -> None:
    """Draw a panel per metric and a bar per dataset; the last one of ``every`` is the whole, in grey."""
    columns = [[one.get(name) for one in every] for name in PANELS]
    columns.append([_best(one) for one in every])
    size = (2.1 * len(columns) + 1.5, 0.32 * len(every) + 1.3)
    places = np.arange(len(every))[::-1]
    with saved_plot(path, ncols=len(columns), sharey=True, squeeze=False, figsize=size) as panels:
        for panel, label, metrics in zip(panels[0], (*PANELS.values(), BEST), columns, strict=True):
            _bars(panel, places, metrics)
            panel.set_xlabel(label, fontsize=8)
            panel.tick_params(labelsize=8)
        panels[0, 0].set_yticks(places, [one.name for one in every])
        panels[0, 0].figure.suptitle(
            "Every held-out dataset by itself (95 % intervals over episodes)", fontsize=10
        )


def _best(one: DatasetMetrics) -> Metric | None:
    best = one.best_read
    return None if best is None else best.interval.metric("", n=best.episodes)


def _bars(panel, places, metrics) -> None:  # type: ignore[no-untyped-def]
    for number, (place, metric) in enumerate(zip(places, metrics, strict=True)):
        if metric is None:
            panel.text(0, place, " –", va="center", color=GRAY)
            continue
        color = GRAY if number == len(metrics) - 1 else BLUE
        panel.barh(place, metric.value, 0.7, color=color)
        if metric.low is not None and metric.high is not None:
            panel.plot([metric.low, metric.high], [place, place], color="black", linewidth=1)
    panel.axvline(0, color="black", linewidth=0.8)
