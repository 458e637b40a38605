"""What an engine asks while it works: further runs, runs to be stopped, and who must know that one has ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lapa.studies.children import Running
from lapa.studies.orders import CellOrder, RunOrder
from lapa.studies.schedule import Schedule


class Feed:
    """That of a study, which knows all its runs when it begins; a search overrides what it does otherwise."""

    counted = "cells"
    """What the progress counts."""

    def begin(self) -> None:
        """The engine begins: no other process has this study now."""

    def refill(self, schedule: Schedule, *, jobs: int) -> int:
        """Add runs that are wanted now; return how many of what is counted was there already.

        Args:
            schedule: to add to; it also says what was given up.
            jobs: runs that go side by side.
        """
        return 0

    def to_come(self) -> Sequence[RunOrder]:
        """Runs that will be added later, as far as can be said, for the time left."""
        return ()

    def to_stop(self, running: Collection[Running]) -> list[str]:
        """Names of runs in progress that are not worth going on with."""
        return []

    def is_stopped(self, order: RunOrder) -> bool:
        """Whether the end of a run was asked for, so that it did not fail."""
        return False

    def finished(self, order: RunOrder, *, is_stopped: bool = False) -> int:
        """A run is done, or was stopped as asked; return how many of what is counted that completes."""
        return int(isinstance(order, CellOrder))

    def failed(self, order: RunOrder) -> None:
        """A run has failed."""
