"""How far a closed-loop evaluation is: a bar on a terminal, nothing without one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def trials_bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar of ``total`` trials; yields what to call with the number of those that just ended."""
    columns = (
        TextColumn("closed loop"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("closed loop", total=total)
        yield lambda number: bar.advance(task, number)
