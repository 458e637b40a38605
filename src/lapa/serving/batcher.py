"""Observations of many callers, answered by one forward pass at a time in one thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lapa.serving.limits import Limits
from lapa.serving.observation import Observation
from lapa.serving.refusal import RequestError

logger = logging.getLogger(__name__)

Actions = NDArray[np.float32]
Predict = Callable[[Sequence[Observation]], Actions]
"""From observations to actions ``float32 (observation, time, action_dim)``."""


@dataclass(frozen=True)
class _Waiting:
    observation: Observation
    answer: Future[Actions] = field(default_factory=Future)


class Batcher:
    """A queue and the one thread that empties it; torch is never entered by two threads."""

    def __init__(self, predict: Predict, limits: Limits) -> None:
        self._predict, self._limits = predict, limits
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="lapa-predict", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        """Observations that wait."""
        return len(self._queue)

    def submit(self, observations: Sequence[Observation]) -> list[Future[Actions]]:
        """Queue all observations of a request, or none.

        Returns:
            An answer for each, ``float32 (time, action_dim)``, in their order; one that is cancelled before
            its turn costs nothing.

        Raises:
            RequestError: 503, the queue is full or closed.
        """
        waiting = [_Waiting(observation) for observation in observations]
        with self._changed:
            if self._closing:
                raise RequestError(503, "the server is stopping; ask another one")
            if len(self._queue) + len(waiting) > self._limits.max_queue:
                raise RequestError(
                    503, f"{len(self._queue)} observations are waiting already; try again later"
                )
            self._queue.extend(waiting)
            self._changed.notify_all()
        return [each.answer for each in waiting]

    def close(self) -> None:
        """Take nothing more, answer what waits, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._gather():
            # those whose caller has gone are passed over; the others can no longer be cancelled
            self._answer([each for each in batch if each.answer.set_running_or_notify_cancel()])

    def _gather(self) -> list[_Waiting]:
        """Wait for a first observation, then a moment for more; empty once the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            until = time.monotonic() + self._limits.gather_s
            while len(self._queue) < self._limits.max_batch and not self._closing:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            count = min(len(self._queue), self._limits.max_batch)
            return [self._queue.popleft() for _ in range(count)]

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        try:
            answers = self._predict([each.observation for each in batch])
        except Exception as error:
            self._apart(batch, error)
            return
        for each, actions in zip(batch, answers, strict=True):
            each.answer.set_result(actions)

    def _apart(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Nobody pays for another's observation: where a batch fails, each is asked alone."""
        if len(batch) > 1:
            for each in batch:
                self._answer([each])
            return
        logger.error("the policy failed", exc_info=error)
        batch[0].answer.set_exception(error)
