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


def growth_of(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table of every stage at every number of episodes and at a million, and what of it is largest."""
    seconds, memory = points_of(rows, "CPU-s"), points_of(rows, "MiB")
    counts = [count for count, _ in next(iter(seconds.values()))]
    shown = [f"{count:,}" for count in counts]
    yield _table(["CPU-s, episodes", *shown, "10⁶, estimated", "power"], seconds)
    yield _table(["MiB, episodes", *shown, "10⁶, estimated", "power"], memory)
    slowest = max(seconds, key=lambda stage: estimate(seconds[stage]))
    largest = max(memory, key=lambda stage: estimate(memory[stage]))
    both = "and needs most memory" if slowest == largest else f"and {largest} needs most memory"
    yield (
        "Estimates are the line through the last two points, dotted in the figure; a stage grows as the number of episodes to the "
        f"power in the last column. At a million episodes {slowest} takes longest, {both}: that is what breaks first."
    )


def _table(head: Sequence[str], points: Points) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for stage, known in points.items():
        cells = [number(value) for _, value in known]
        cells += [number(estimate(known)), f"{exponent(known):.2f}"]
        lines.append(f"| {stage} | {' | '.join(cells)} |")
    return "\n".join(lines)
