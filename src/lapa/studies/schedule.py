"""Which run goes next: those whose ancestors are done, of these the one that most work waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lapa.studies.orders import RunOrder

Seconds = Callable[[RunOrder], float]
"""How long a run will take, as far as is known."""


class Schedule:
    """Runs that are still to be made, in an order that keeps ancestors before descendants."""

    def __init__(self, orders: Iterable[RunOrder]) -> None:
        """Plan runs.

        Args:
            orders: what is to be run; ancestors that are not among them are done.
        """
        self._waiting = {order.name: order for order in orders}
        self._unfinished = set(self._waiting)
        self._lost: set[str] = set()
        self.given_up: dict[str, str] = {}
        """Runs that cannot be made -> the ancestor that failed."""

    @property
    def waiting(self) -> tuple[RunOrder, ...]:
        """Runs that were not begun."""
        return tuple(self._waiting.values())

    def add(self, orders: Iterable[RunOrder]) -> None:
        """Plan further runs, ancestors first; one that is known already is left as it is."""
        for order in orders:
            if failed := self._lost.intersection((order.name, *order.after)):
                self._give_up(order.name, min(failed))
            elif order.name not in self._unfinished:
                self._waiting[order.name] = order
                self._unfinished.add(order.name)

    def ready(self, seconds: Seconds) -> list[RunOrder]:
        """Runs that can begin, that with the longest chain behind it first.

        Args:
            seconds: how long a run takes.

        Returns:
            The runs; none while all others wait for one that is running.
        """
        ready = [o for o in self._waiting.values() if not self._unfinished.intersection(o.after)]
        if not ready:
            return []
        chains = chain_seconds(self._waiting.values(), seconds)
        return sorted(ready, key=lambda order: chains[order.name], reverse=True)

    def begin(self, order: RunOrder) -> None:
        """A run waits no longer."""
        del self._waiting[order.name]

    def finish(self, order: RunOrder) -> None:
        """A run is done: its descendants may begin."""
        self._unfinished.discard(order.name)

    def fail(self, order: RunOrder) -> None:
        """A run is not done: its descendants never begin, the others do."""
        self._lost.add(order.name)
        for descendant in self._descendants(order.name):
            self._give_up(descendant, order.name)
            del self._waiting[descendant]

    def _give_up(self, name: str, ancestor: str) -> None:
        self.given_up[name] = ancestor
        self._lost.add(name)

    def _descendants(self, name: str) -> list[str]:
        lost = {name}
        while more := {n for n, o in self._waiting.items() if lost.intersection(o.after)} - lost:
            lost |= more
        return [other for other in self._waiting if other in lost]


def chain_seconds(orders: Iterable[RunOrder], seconds: Seconds) -> dict[str, float]:
    """For every run the time of the longest chain that begins with it.

    Args:
        orders: ancestors before descendants.
        seconds: how long a run takes.
    """
    known = list(orders)
    behind: dict[str, float] = {}
    chains: dict[str, float] = {}
    for order in reversed(known):
        chains[order.name] = seconds(order) + behind.get(order.name, 0.0)
        for ancestor in order.after:
            behind[ancestor] = max(behind.get(ancestor, 0.0), chains[order.name])
    return chains


def seconds_left(
    running: Iterable[float], waiting: Iterable[RunOrder], seconds: Seconds, *, jobs: int
) -> float:
    """Time until all is done: all work shared out, but no less than the longest chain takes.

    Args:
        running: seconds left of those that run.
        waiting: those that were not begun.
        seconds: how long a run takes.
        jobs: runs side by side.
    """
    left, later = list(running), list(waiting)
    work = sum(left) + sum(map(seconds, later))
    longest: Iterator[float] = iter(chain_seconds(later, seconds).values())
    return max(work / jobs, *longest, *left, 0.0)
