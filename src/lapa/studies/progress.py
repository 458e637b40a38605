"""What a study says while it runs: a bar with the time left, or a line for each run that ended."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from lapa.studies.children import Ended, Running
from lapa.studies.durations import as_text
from lapa.studies.orders import RunOrder

LOG_LINES = 12
"""Of the log of a run that failed."""


class StudyProgress:
    """Cells done and all, runs in progress, time left; a line for each run that ended.

    Where nobody looks (no terminal) the lines are all.
    """

    def __init__(
        self, *, cells: int, done: int, unit: str = "cells", console: Console | None = None
    ) -> None:
        """Begin with the cells that are there already.

        Args:
            cells: all that were asked for.
            done: of them.
            unit: what they are called.
            console: where to write; default the standard error.
        """
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn(unit),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._task = self._bar.add_task(unit, total=cells, completed=done, left="")
        self._waits: set[tuple[str, str]] = set()
        self._live = Live(console=self._console, refresh_per_second=2)

    def __enter__(self) -> Self:
        """Show the bar, on a terminal."""
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._live.is_started:
            self._live.stop()

    def show(self, running: Iterable[Running], *, left: float, is_guess: bool) -> None:
        """Say what is in progress and how long the rest will take, seconds."""
        about = "at least " if is_guess else ""
        self._bar.update(self._task, left=f"{about}{as_text(left)} left")
        lines = [Text(f"  {one.order.name}  {as_text(one.seconds)}") for one in running]
        if self._live.is_started:
            self._live.update(Group(self._bar, *lines))

    def waits(self, order: RunOrder, owner: str) -> None:
        """A run is being made by another study: say so once for each that makes it."""
        if (order.name, owner) not in self._waits:
            self._waits.add((order.name, owner))
            gone = f"delete {order.scratch}/.lock if it is gone"
            self._say(f"waits   {order.name}: {owner} makes it for another study ({gone})")

    def finished(self, ended: Ended, *, completed: int, word: str = "done") -> None:
        """A run is done, or ended as was asked, and with it so many of what is counted."""
        self._bar.advance(self._task, completed)
        task = self._bar.tasks[0]
        count = f"{int(task.completed)}/{int(task.total or 0)} {task.description}"
        self._say(f"{word:<7} {ended.order.name}  {as_text(ended.seconds)}  {count}")

    def failed(self, ended: Ended) -> None:
        """A run has failed: say where its log is, and how it ended."""
        self._say(f"FAILED  {ended.order.name}  exit code {ended.code}: {ended.log}")
        for line in ended.log.read_text(errors="replace").splitlines()[-LOG_LINES:]:
            self._say(f"        {line}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)
