"""One study makes a run at a time: others of the project that need it wait, and find what it made."""

from __future__ import annotations

from contextlib import ExitStack

from lapa.folders.lock import OutputLockedError, output_lock
from lapa.studies.orders import RunOrder


class RunLocks:
    """The runs that this study makes now, each locked by its name."""

    def __init__(self) -> None:
        """None yet."""
        self._held: dict[str, ExitStack] = {}

    def claim(self, order: RunOrder) -> str | None:
        """Lock a run; where another study makes it, return that one's process, and lock nothing."""
        order.scratch.mkdir(parents=True, exist_ok=True)
        stack = ExitStack()
        try:
            stack.enter_context(output_lock(order.scratch))
        except OutputLockedError as locked:
            return locked.owner
        self._held[order.name] = stack
        return None

    def release(self, order: RunOrder) -> None:
        """Another study may make it, or finds it made."""
        self._held.pop(order.name).close()

    def release_all(self) -> None:
        """Of a study that ends."""
        for stack in self._held.values():
            stack.close()
        self._held.clear()
