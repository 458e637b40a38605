"""The curves of `scaling`, and what they say of a million episodes."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lapa.evaluation.plots.style import saved_plot
from suite.printed import number

GOAL = 1_000_000
Points = dict[str, list[tuple[int, float]]]


def points_of(rows: Sequence[Mapping[str, Any]], unit: str) -> Points:
    """(episodes, figure) of every stage."""
    points: Points = defaultdict(list)
    for row in rows:
        found = re.fullmatch(r"(.+), ([\d,]+) episodes", row["case"])
        if found and row["unit"] == unit:
            points[found[1]].append((int(found[2].replace(",", "")), row["value"]["median"]))
    return points


def estimate(points: Sequence[tuple[int, float]], goal: int = GOAL) -> float:
    """The line through the last two points, drawn on to ``goal``; never below the last point."""
    (few, less), (many, more) = points[-2:]
    return max(more + (more - less) / (many - few) * (goal - many), more)


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """By which power of the number the last two points grow: 1 is in proportion, 0 not at all."""
    (few, less), (many, more) = points[-2:]
    return math.log(max(more, 1e-9) / max(less, 1e-9)) / math.log(many / few)


def drawn(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw time and memory over the number of episodes, both on logarithmic axes."""
    with saved_plot(path, ncols=2, figsize=(8, 3.2)) as axes:
        for axis, unit, title in zip(
            axes, ("CPU-s", "MiB"), ("Processor time, s", "Peak memory, MiB"), strict=True
        ):
            for stage, points in points_of(rows, unit).items():
                counts, values = zip(*points, strict=True)
                (line,) = axis.plot(counts, [max(v, 1e-4) for v in values], "o-", label=stage)
                ends = [max(values[-1], 1e-4), max(estimate(points), 1e-4)]
                axis.plot([counts[-1], GOAL], ends, ":", color=line.get_color())
            axis.set(xscale="log", yscale="log", xlabel="episodes", title=title)
        axes[0].legend(fontsize=7)  # fmt: skip


def estimates(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table for a million episodes, and what of it is largest."""
    seconds, memory = points_of(rows, "CPU-s"), points_of(rows, "MiB")
    lines = [
        "| stage | CPU-s at 10⁶ | grows as the number to the power of | MiB at 10⁶ | grows as the number to the power of |",
        "|---|---|---|---|---|",
    ]
    for stage, points in seconds.items():
        cells = [number(estimate(points)), f"{exponent(points):.2f}"]
        cells += [number(estimate(memory[stage])), f"{exponent(memory[stage]):.2f}"]
        lines.append(f"| {stage} | {' | '.join(cells)} |")
    yield "\n".join(lines)
    slowest = max(seconds, key=lambda stage: estimate(seconds[stage]))
    largest = max(memory, key=lambda stage: estimate(memory[stage]))
    yield (
        "Estimates are the line through the last two points, dotted in the figure. At a million episodes "
        f"{slowest} takes longest, and {largest} needs most memory: that is what breaks first."
    )
