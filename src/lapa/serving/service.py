"""From the bytes of a message to actions: what HTTP and the websocket have in common."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from lapa.serving.batcher import Batcher, Predict
from lapa.serving.facts import Metadata, PolicyFacts
from lapa.serving.limits import Limits
from lapa.serving.observation import Observation, ObservationReader, RawObservation
from lapa.serving.refusal import RequestError

logger = logging.getLogger(__name__)

Parse = Callable[[bytes], list[RawObservation]]
"""How the observations of a message are read."""
DECODERS = 4
"""Threads that parse messages and decode pictures, one picture at a time each: a bound on memory."""


class Service:
    """Parses and decodes in a few threads, predicts in one, and knows what is unanswered."""

    def __init__(
        self, *, predict: Predict, facts: PolicyFacts, reader: ObservationReader, limits: Limits
    ) -> None:
        self.limits = limits
        self.metadata = Metadata(policy=facts, limits=limits)
        self.unanswered = 0
        """Requests that were taken and have no answer yet."""
        self._connected = 0
        self._reader = reader
        self._stopping = False
        self._decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="lapa-decode")
        self._batcher = Batcher(predict, limits)

    @property
    def waiting(self) -> int:
        """Observations that wait for their forward pass."""
        return len(self._batcher)

    def stop_accepting(self) -> None:
        """Refuse what comes from now on; what was taken is still answered."""
        self._stopping = True

    def close(self) -> None:
        """Answer what waits and end all threads."""
        self._batcher.close()
        self._decoders.shutdown()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Around everything from taking a request to its answer being sent.

        Raises:
            RequestError: 503, the server is stopping.
        """
        if self._stopping:
            raise RequestError(503, "the server is stopping; ask another one")
        self.unanswered += 1
        try:
            yield
        finally:
            self.unanswered -= 1

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Around a websocket.

        Raises:
            RequestError: 503, the server is stopping or has as many as it takes.
        """
        if self._stopping or self._connected >= self.limits.max_connections:
            raise RequestError(503, f"{self._connected} websockets are open; try again later")
        self._connected += 1
        try:
            yield
        finally:
            self._connected -= 1

    async def predict(self, body: bytes, parse: Parse) -> NDArray[np.float32]:
        """Actions ``float32 (observation, time, action_dim)`` for the observations of a message.

        Raises:
            RequestError: 4xx for what the caller sent, 503 where the queue is full, 500 where the policy failed.
        """
        loop = asyncio.get_running_loop()
        try:
            observations = await loop.run_in_executor(self._decoders, self._read, body, parse)
        except RequestError:
            raise
        except Exception as error:
            logger.error("a message could not be read", exc_info=error)
            raise RequestError(
                500,
                f"the message could not be read ({type(error).__name__}); the server's log says more",
            ) from error
        answers = [asyncio.wrap_future(each) for each in self._batcher.submit(observations)]
        try:
            return np.stack(await asyncio.gather(*answers))
        except Exception as error:
            raise RequestError(
                500, f"the policy failed ({type(error).__name__}); the server's log says more"
            ) from error
        finally:
            for answer in answers:
                answer.cancel()

    def _read(self, body: bytes, parse: Parse) -> list[Observation]:
        raw = parse(body)
        if not raw:
            raise RequestError(422, "found no observation, expected at least one")
        if len(raw) > self.limits.max_images:
            raise RequestError(
                413, f"found {len(raw)} observations, expected at most {self.limits.max_images}"
            )
        return [self._reader.read(each) for each in raw]
