"""A training that is asked to stop: the signal is noted, and every process leaves after the same step.

A signal handler that saved by itself would find the weights in the middle of a step, and every process in
another one. So handlers only take a note, and the notes are compared after each step.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType
from typing import Any

import torch
import torch.distributed as dist

from lapa.distributed.ranks import is_rank_zero, world_size
from lapa.stopped import STOP_SIGNALS, StoppedError

logger = logging.getLogger(__name__)


class StopSignals:
    """While entered, SIGTERM, SIGUSR1 and SIGINT are notes to be read after a step; a second Ctrl-C acts at once.

    Entering and `agreed` are collective. Outside the main thread, which alone gets signals, nothing
    is noted.
    """

    def __init__(self) -> None:
        self._noted = 0
        self._before: dict[int, Any] = {}
        self._group: Any = None
        self._pid = os.getpid()

    def __enter__(self) -> StopSignals:
        self._pid, self._noted = os.getpid(), 0
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in STOP_SIGNALS}
        if world_size() > 1 and dist.get_backend() != dist.Backend.GLOO:
            # a note lies in the memory of the CPU: to read it the GPU's queue need not run dry
            self._group = dist.new_group(backend="gloo")
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def agreed(self) -> int:
        """The signal that one of the processes has got, 0 for none: the same answer in all of them."""
        if world_size() == 1:
            return self._noted
        noted = torch.tensor(self._noted)
        dist.all_reduce(noted, dist.ReduceOp.MAX, group=self._group)
        return int(noted)

    def leave(self, signum: int, *, stage: str, step: int) -> None:
        """End the training, whose state is saved.

        Raises:
            StoppedError: always.
        """
        if is_rank_zero():
            logger.warning(
                "%s: stopped by %s after step %d, which is saved; the same command goes on from there",
                *(stage, signal.Signals(signum).name, step),
            )
        raise StoppedError(signum)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        if os.getpid() != self._pid:  # a process that was forked from us ends as it always did
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)
            return
        if signum == signal.SIGINT and self._noted == signal.SIGINT:
            raise KeyboardInterrupt
        self._noted = signum
