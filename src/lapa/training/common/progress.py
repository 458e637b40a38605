"""How far a training is: a bar on a terminal, a line a minute without one; rank zero alone."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

logger = logging.getLogger(__name__)

REFRESH = 10
"""Steps between updates of the bar: reading a loss waits for the device."""
MINUTE = 60.0
"""Seconds between lines."""


class Progress:
    """Steps done, of how many, loss, the stage's metrics, time left.

    Args:
        stage: its name, in front of everything.
        total: optimiser steps of the whole training.
        done: those that lie behind, where it was resumed.
        formats: metric -> how to say it, e.g. ``{"val/top1": "codes right {:.1%}"}``; a metric
            that has not been measured yet is left out.
        shown: False on every rank but zero.
    """

    def __init__(
        self, stage: str, *, total: int, done: int, formats: Mapping[str, str], shown: bool = True
    ) -> None:
        self._stage, self._total, self._done, self._formats = stage, total, done, formats
        self._has_bar = shown and sys.stderr.isatty()
        self._has_lines = shown and not self._has_bar
        self._bar = RichProgress(
            TextColumn(stage),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[said]}"),
            console=Console(stderr=True),
            disable=not self._has_bar,
        )
        self._task = self._bar.add_task(stage, total=total, completed=done, said="")
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        if self._has_lines:
            begin = f"going on after step {self._done}" if self._done else "starting"
            logger.info("%s: %s, %d steps; a line a minute", self._stage, begin, self._total)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, step: int, loss: Any, metrics: Callable[[], Mapping[str, Any]]) -> None:
        """Tell that ``step`` optimiser steps are done; looks at loss and metrics only when due."""
        last = step == self._total
        if self._has_bar and (last or step % REFRESH == 0):
            self._bar.update(self._task, completed=step, said=self._text(loss, metrics()))
        elif self._has_lines and (last or time.monotonic() - self._said >= MINUTE):
            self._said = time.monotonic()
            logger.info(
                "%s: step %d of %d, %s, %s",
                *(self._stage, step, self._total, self._text(loss, metrics()), self._time(step)),
            )

    def _text(self, loss: Any, metrics: Mapping[str, Any]) -> str:
        said = [form.format(float(metrics[n])) for n, form in self._formats.items() if n in metrics]
        return ", ".join([f"loss {float(loss):.4g}", *said])

    def _time(self, step: int) -> str:
        passed = time.monotonic() - self._began
        if step == self._total:
            return f"took {_duration(passed)}"
        return f"{_duration(passed / (step - self._done) * (self._total - step))} left"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if not minutes:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
