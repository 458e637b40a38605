"""A progress bar on rank zero's terminal, silent everywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from torch import Tensor

REFRESH = 10
"""Steps between updates: reading a loss waits for the device."""


class Progress:
    """Steps done, time left and the latest loss."""

    def __init__(self, fabric: Fabric, *, total: int, done: int) -> None:
        self._bar = RichProgress(
            TextColumn("foundation"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("loss {task.fields[loss]}"),
            console=Console(stderr=True),
            disable=not (fabric.is_global_zero and sys.stderr.isatty()),
        )
        self._task = self._bar.add_task("steps", total=total, completed=done, loss="-")
        self._step = done

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def advance(self, loss: Tensor) -> None:
        """One step more."""
        self._step += 1
        if not self._bar.disable and self._step % REFRESH == 0:
            self._bar.update(self._task, completed=self._step, loss=f"{loss.item():.3f}")
