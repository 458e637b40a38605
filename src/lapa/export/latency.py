"""How long a graph takes on this CPU, by PyTorch and by what runs the exported file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lapa.export.formats.runner import Runner
from lapa.export.graphs.graph import Arrays

WARM_UP, CALLS = 3, 30
BATCHES = (1, 8)


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Of one graph, by one runtime, at one batch size."""

    graph: str
    runtime: str
    batch: int
    median_ms: float
    p95_ms: float


def latency(
    graph: str,
    runtime: str,
    run: Runner,
    inputs: Arrays,
    *,
    batch: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Latency:
    """Time `CALLS` calls after `WARM_UP`.

    Args:
        graph: its name.
        runtime: its name.
        run: what is timed, from arrays to arrays.
        inputs: repeated or cut to ``batch`` samples.
        batch: samples a call.
        clock: seconds.
    """
    given = {name: np.resize(array, (batch, *array.shape[1:])) for name, array in inputs.items()}
    times = []
    for _ in range(WARM_UP + CALLS):
        start = clock()
        run(given)
        times.append(1000 * (clock() - start))
    median, p95 = np.percentile(times[WARM_UP:], (50, 95))
    return Latency(
        graph=graph, runtime=runtime, batch=batch, median_ms=float(median), p95_ms=float(p95)
    )
