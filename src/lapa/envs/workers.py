"""Many scenes that step at the same time, in several processes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Self, TypeVar

from lapa.envs.base import Simulator, open_simulator
from lapa.envs.worker import RemoteSimulator, Worker
from lapa.params.simulators import SimulatorParams

Answer = TypeVar("Answer")


class SimulatorWorkers:
    """Opens simulators and lets them work side by side; what happens in each is the same with any number of processes.

    A context: its processes end with it.
    """

    def __init__(self, count: int = 1) -> None:
        """Plan the processes.

        Args:
            count: how many; with one, simulators live in this process and work in turn.
        """
        self.count = count
        self._workers: list[Worker] = []
        self._opened = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start the processes."""
        if self.count > 1:
            self._stack.callback(self._stop)
            self._workers = [Worker() for _ in range(self.count)]
        return self

    def __exit__(self, *error: object) -> None:
        """End them."""
        self._stack.close()

    def open(self, params: SimulatorParams) -> Simulator:
        """A simulator, in the process whose turn it is."""
        if not self._workers:
            return open_simulator(params)
        worker = self._workers[self._opened % self.count]
        self._opened += 1
        return RemoteSimulator(worker, params)

    def each(
        self, function: Callable[..., Answer], calls: Sequence[tuple[Simulator, tuple[Any, ...]]]
    ) -> list[Answer]:
        """Call ``function(simulator, *arguments)`` for every simulator: in one process in turn, processes side by side.

        Args:
            function: of a module, since it is called where the simulator lives.
            calls: simulators of this crew, each with its arguments.

        Returns:
            The answers, in the order of the calls.

        Raises:
            Exception: what the first of them raised.
        """
        if not self._workers:
            return [function(simulator, *arguments) for simulator, arguments in calls]
        shares: dict[Worker, list[int]] = defaultdict(list)
        for place, (simulator, _) in enumerate(calls):
            shares[_remote(simulator).worker].append(place)
        for worker, places in shares.items():
            own = [(_remote(calls[place][0]).number, calls[place][1]) for place in places]
            worker.tell("each", function, own)
        answers: dict[int, Answer] = {}
        for worker, heard in [(worker, worker.hear()) for worker in shares]:
            answers.update(zip(shares[worker], heard.value, strict=True))
        return [answers[place] for place in range(len(calls))]

    def forget(self) -> None:
        """Let go of all simulators that were opened so far."""
        for worker in self._workers:
            worker.ask("forget")

    def _stop(self) -> None:
        for worker in self._workers:
            worker.stop()


def _remote(simulator: Simulator) -> RemoteSimulator:
    if not isinstance(simulator, RemoteSimulator):
        raise TypeError(
            f"found a {type(simulator).__name__} that was not opened by these workers, expected one of theirs"
        )
    return simulator
