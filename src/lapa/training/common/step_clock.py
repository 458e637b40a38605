"""Where the time of training steps goes: samples per second, share spent waiting for data, time of a step."""

from __future__ import annotations

import statistics
import time


class StepClock:
    """Adds up the time since the metrics were last read; each call names what has just passed."""

    def __init__(self) -> None:
        self._waiting = self._working = 0.0
        self._samples = 0
        self._steps: list[float] = []
        self._mark = time.perf_counter()

    def waited(self, seconds: float | None = None) -> None:
        """A batch was waited for.

        Args:
            seconds: how long, where other things happened as well; those count for nothing.
        """
        elapsed = self._lap()
        self._waiting += elapsed if seconds is None else min(seconds, elapsed)

    def worked(self, *, samples: int = 0) -> None:
        """Something was computed; at the end of a step, for so many samples of all processes."""
        self._working += self._lap()
        self._samples += samples
        if samples:
            self._steps.append(self._waiting + self._working - sum(self._steps))

    def skipped(self) -> None:
        """Neither: validation, a checkpoint, the time before the first step."""
        self._lap()

    def _lap(self) -> float:
        now = time.perf_counter()
        elapsed, self._mark = now - self._mark, now
        return elapsed

    def metrics(self) -> dict[str, float]:
        """Metrics of the steps since the last reading, under the names that all stages use."""
        total = self._waiting + self._working
        metrics = {
            "train/samples_per_second": self._samples / total,
            "train/data_wait_fraction": self._waiting / total,
            "train/step_seconds_median": statistics.median(self._steps),
            "train/step_seconds_max": max(self._steps),
        }
        self._waiting = self._working = 0.0
        self._samples = 0
        self._steps = []
        return metrics
