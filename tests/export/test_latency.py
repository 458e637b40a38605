"""Median and 95th percentile, without the calls that warm up."""

from __future__ import annotations

import numpy as np

from lapa.export.graphs.graph import Arrays
from lapa.export.latency import CALLS, WARM_UP, latency


def test_median_and_percentile_of_the_calls_after_the_warm_up() -> None:
    ticks = [0.0]
    seconds = iter([5.0] * WARM_UP + [0.001] * (CALLS - 3) + [0.101] * 3)
    sizes = []

    def run(inputs: Arrays) -> Arrays:
        sizes.append(len(inputs["x"]))
        ticks[0] += next(seconds)
        return inputs

    row = latency("policy", "toy", run, {"x": np.zeros((3, 2))}, batch=8, clock=lambda: ticks[0])
    assert set(sizes) == {8}
    assert round(row.median_ms, 6) == 1.0
    assert round(row.p95_ms, 6) == 101.0
