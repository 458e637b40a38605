"""``scorecard.json``, the same as CSV, and the resamples that pair it with other cards."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from lapa.evaluation.scorecard.card import Line, Scorecard
from lapa.evaluation.statistics.resampled import Resamples, resamples_of
from lapa.records import Metric

CARD, TABLE, RESAMPLES = "scorecard.json", "scorecard.csv", "scorecard_resamples.npz"
FILES = (CARD, TABLE, RESAMPLES)
COLUMNS = (
    *("analysis", "metric", "value", "low", "high", "n"),
    *("control", "control_low", "control_high", "control_is", "better", "verdict"),
)
"""Head of the CSV."""


def write_scorecard(card: Scorecard, folder: Path) -> None:
    """Write the three files.

    Args:
        card: its metrics may still know their resamples (`lapa.evaluation.statistics.resampled`).
        folder: of the report.
    """
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n")
    with (folder / TABLE).open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(_row(line) for line in card.lines)
    kept = {str(place): resamples_of(line.metric) for place, line in enumerate(card.lines)}
    arrays: dict[str, Any] = {
        place: r.values.astype(np.float32) for place, r in kept.items() if r is not None
    }
    np.savez_compressed(folder / RESAMPLES, **arrays)


def read_scorecard(folder: Path) -> Scorecard | None:
    """The card of a report; None where it has none, such as one of an older version."""
    file = folder / CARD
    return Scorecard.model_validate_json(file.read_text()) if file.is_file() else None


def read_resamples(folder: Path, card: Scorecard) -> dict[tuple[str, str], Resamples]:
    """The kept resamples by `Line.key`; none where the file is missing.

    Args:
        folder: of the report.
        card: the one that lies there.
    """
    file = folder / RESAMPLES
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as arrays:
        return {
            line.key: Resamples(
                values=arrays[str(place)].astype(np.float64), scheme=line.scheme, drawn=line.drawn
            )
            for place, line in enumerate(card.lines)
            if line.drawn and line.scheme is not None
        }


def copy_scorecard(source: Path, target: Path) -> None:
    """Lay the files of one report's card beside another report about the same checkpoint."""
    for name in FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)


def _row(line: Line) -> tuple[str | float | int | None, ...]:
    metric, control = line.metric, line.control or Metric(name="", value=float("nan"))
    shown = None if line.control is None else control.value
    return (
        *(line.analysis, metric.name, metric.value, metric.low, metric.high, metric.n),
        *(shown, control.low, control.high, line.control_is, line.better, line.verdict),
    )
