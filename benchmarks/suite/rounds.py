"""Ways of doing the same thing take turns; what each round took, and how far rounds differ."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Way = Callable[[], object]


@dataclass(frozen=True)
class Spent:
    """What one call took, seconds; processor time is that of this process, all its threads together."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Spread:
    """Median and quartiles over rounds."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    """Summarize rounds; one round has no spread."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(middle, low, high, len(values))


def spent_by(way: Way) -> Spent:
    """Call once and measure."""
    wall, processor = time.perf_counter(), time.process_time()
    way()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def in_turns(ways: Mapping[str, Way], rounds: int) -> dict[str, list[Spent]]:
    """Warm every way up once, then let them take turns; every other round goes backwards.

    Other work on the machine then disturbs all alike, and ratios are taken round by round.
    """
    for way in ways.values():
        way()
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways) if number % 2 == 0 else list(reversed(ways))
        for name in names:
            spent[name].append(spent_by(ways[name]))
    return spent
