"""A process that holds simulators, and simulators that are held there.

Run as ``python -m lapa.envs.worker FILE_DESCRIPTOR``, a socket on which it is asked.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import Simulator, SimulatorSpec, TimeStep, open_simulator
from lapa.params.simulators import SimulatorParams


@dataclass(frozen=True)
class Heard:
    """What a worker answered."""

    answer: Any
    error: Exception | None

    @property
    def value(self) -> Any:
        """The answer.

        Raises:
            Exception: what was raised instead.
        """
        if self.error is not None:
            raise self.error
        return self.answer


class Worker:
    """The near end of such a process; it ends with this one."""

    def __init__(self) -> None:
        """Start the process.

        A fresh interpreter: this one may hold threads of torch and of tracking libraries, and a process of `multiprocessing`
        would run the caller's script a second time.
        """
        near, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(  # noqa: S603 - this very file
                [sys.executable, "-m", __name__, str(far.fileno())],
                pass_fds=[far.fileno()],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
            )
        self._pipe = Connection(near.detach())

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ask(self, *question: Any) -> Any:
        """Have something done there, and wait for it.

        Raises:
            RuntimeError: the process is gone.
            Exception: what was raised there.
        """
        self.tell(*question)
        return self.hear().value

    def tell(self, *question: Any) -> None:
        """Begin something there; `hear` must be called once before anything else is begun.

        Raises:
            RuntimeError: the process is gone.
        """
        try:
            self._pipe.send(question)
        except OSError as gone:
            raise self._gone() from gone

    def hear(self) -> Heard:
        """Wait for what was begun.

        Raises:
            RuntimeError: the process is gone.
        """
        try:
            return Heard(*self._pipe.recv())
        except (EOFError, OSError) as gone:
            raise self._gone() from gone

    def _gone(self) -> RuntimeError:
        return RuntimeError(
            f"a process that ran simulators ended with code {self._process.wait()}, expected it to stay; the "
            "kernel's log says whether memory ran out. Without such processes: evaluation.rollout.workers=1"
        )

    def stop(self) -> None:
        """End the process: it goes when nobody can ask any more."""
        self._pipe.close()
        self._process.wait()


class RemoteSimulator(Simulator):
    """A simulator that lives in a worker."""

    def __init__(self, worker: Worker, params: SimulatorParams) -> None:
        """Open it there."""
        self.worker = worker
        self.number, self.spec = worker.ask("open", params)

    def reset(self, seed: int, task: str | None = None) -> TimeStep:
        """As `Simulator.reset`."""
        step: TimeStep = self._call("reset", seed, task)
        return step

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """As `Simulator.step`."""
        step: TimeStep = self._call("step", action)
        return step

    def expert_action(self) -> NDArray[np.float32] | None:
        """As `Simulator.expert_action`."""
        action: NDArray[np.float32] | None = self._call("expert_action")
        return action

    def ending(self) -> str:
        """As `Simulator.ending`."""
        return str(self._call("ending"))

    def _call(self, method: str, *arguments: Any) -> Any:
        return self.worker.ask("call", self.number, method, *arguments)


class _Held:
    """The far end: simulators by number."""

    def __init__(self) -> None:
        self._simulators: dict[int, Simulator] = {}
        self._opened = 0

    def open(self, params: SimulatorParams) -> tuple[int, SimulatorSpec]:
        self._opened += 1
        self._simulators[self._opened] = open_simulator(params)
        return self._opened, self._simulators[self._opened].spec

    def call(self, number: int, method: str, *arguments: Any) -> Any:
        return getattr(self._simulators[number], method)(*arguments)

    def each(
        self, function: Callable[..., Any], calls: Sequence[tuple[int, tuple[Any, ...]]]
    ) -> list[Any]:
        return [function(self._simulators[number], *arguments) for number, arguments in calls]

    def forget(self) -> None:
        self._simulators.clear()


def main() -> None:
    """Answer until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    pipe, held = Connection(int(sys.argv[1])), _Held()
    with suppress(EOFError, OSError):  # whoever asked is gone, perhaps before the answer
        while True:
            what, *arguments = pipe.recv()
            pipe.send(_answer(held, what, arguments))


def _answer(held: _Held, what: str, arguments: list[Any]) -> tuple[Any, Exception | None]:
    try:
        return getattr(held, what)(*arguments), None
    except Exception as error:
        return None, _portable(error)  # whoever asked raises it


def _portable(error: Exception) -> Exception:
    """The error itself, or its words where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled here and now
    except (TypeError, AttributeError, pickle.PicklingError):
        kind = ValueError if isinstance(error, ValueError) else RuntimeError
        return kind(f"{type(error).__name__}: {error}")
    return error


if __name__ == "__main__":
    main()
