"""A run that was asked to end: by which signals, and with which exit code it leaves."""

from __future__ import annotations

import signal

STOP_SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)
"""What asks for an end: a batch system (SIGUSR1 ahead of time, then SIGTERM), or somebody's Ctrl-C."""
_SIGNAL_EXIT = 128
"""A shell's exit code for an end by signal N is 128 + N."""


class StoppedError(SystemExit):
    """The work was asked to stop, has saved its state, and leaves with the exit code of the signal.

    No `Exception`: nobody who handles errors shall take it for one, and Python itself ends on it.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(_SIGNAL_EXIT + signum)
        self.signum = signum

    def __reduce__(self) -> tuple[type[StoppedError], tuple[int]]:
        """What was given, where it crosses processes: not the exit code that came of it."""
        return type(self), (self.signum,)


def leave_signals_to_parent() -> None:
    """In a process that only serves another: a signal to the whole group must not take away its work.

    Such a process ends when its parent tells it to, or is gone.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
