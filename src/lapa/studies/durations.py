"""How long runs of a kind took, so that it can be said how long the others will."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path

from lapa.folders.whole_file import write_whole
from lapa.records import CellResult
from lapa.studies.orders import POLICY, RunOrder

FILE = "durations.json"
KEPT = 20
"""Latest runs of a kind."""


class Durations:
    """Wall seconds of finished runs by kind; kept below the scratch root, with those of results beside."""

    def __init__(self, folder: Path, results: Iterable[CellResult] = ()) -> None:
        """Read what is known.

        Args:
            folder: of the study, below the scratch root.
            results: of cells, perhaps of another machine: they count where nothing else is known.
        """
        self._file = folder / FILE
        self._own: dict[str, list[float]] = (
            json.loads(self._file.read_text()) if self._file.is_file() else {}
        )
        self._results: dict[str, list[float]] = {}
        for result in results:
            self._results.setdefault(f"{result.key.arm} {POLICY}", []).append(result.seconds)

    def of(self, order: RunOrder) -> float | None:
        """Median of the latest runs of this kind, seconds; None where none has finished."""
        known = self._own.get(order.kind) or self._results.get(order.kind)
        return statistics.median(known) if known else None

    def guess(self, order: RunOrder) -> float:
        """As `of`; where nothing is known the mean of all kinds, or one second."""
        known = self.of(order)
        if known is not None:
            return known
        medians = [statistics.median(seconds) for seconds in self._own.values()]
        return statistics.mean(medians) if medians else 1.0

    def add(self, order: RunOrder, seconds: float) -> None:
        """A run has finished."""
        self._own[order.kind] = [*self._own.get(order.kind, []), round(seconds, 1)][-KEPT:]
        write_whole(self._file, json.dumps(self._own, indent=1) + "\n")


def as_text(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
