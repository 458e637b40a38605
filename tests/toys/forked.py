"""Trainings in processes forked from this one, which die at a moment of choice: a second each, not ten."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.training.common.tracking import MetricsFile


@dataclass(frozen=True)
class Death:
    """A signal, some time after the process has logged so many lines."""

    signum: int
    lines: int
    seconds: float = 0.0


def died(task: Callable[[], object], death: Death) -> int:
    """Exit code of a process that carries out ``task`` until it gets the signal; negative if it could not say."""
    process = multiprocessing.get_context("fork").Process(target=_die, args=(task, death))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def losses(work: Path) -> dict[int, float]:
    """Training loss by step; the later line of a step holds."""
    return {line["step"]: line["train/loss"] for line in _lines(work) if "train/loss" in line}


def last_step(work: Path) -> int:
    """Step of the line that was logged last."""
    step: int = _lines(work)[-1]["step"]
    return step


def _lines(work: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]


def _die(task: Callable[[], object], death: Death) -> None:
    log, left = MetricsFile.log_metrics, [death.lines]

    def counted(self: MetricsFile, *given: Any, **named: Any) -> None:
        log(self, *given, **named)
        left[0] -= 1
        if left[0] == 0:
            kill = threading.Timer(death.seconds, os.kill, (os.getpid(), death.signum))
            kill.daemon = True
            kill.start()

    MetricsFile.log_metrics = counted  # type: ignore[method-assign, assignment]
    task()
