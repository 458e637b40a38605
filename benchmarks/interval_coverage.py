"""How often the intervals of a study hold the truth: made-up studies whose true success is known.

    python benchmarks/interval_coverage.py [repetitions]

Success has a logit to which seed, labelled subset, both together and the scene add normal amounts, independent for
every arm but for the scene. The truth is the mean over all that might have been drawn. A case of many tasks draws the
tasks, too, each with a difficulty for all arms and another for this arm alone; each task has scenes of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lapa.evaluation.study.statistics.bootstrap import bootstrap_estimate
from lapa.evaluation.study.statistics.crossed import Estimate, estimate
from lapa.evaluation.study.statistics.differences import paired_grid
from lapa.evaluation.study.statistics.grid import Grid


@dataclass(frozen=True, kw_only=True)
class Case:
    """Standard deviations on the scale of the logit, and the size of the grid."""

    name: str
    logit: float = 1.7
    seeds: float = 0.0
    subsets: float = 0.0
    both: float = 0.0
    scenes: float = 1.0
    tasks: float = 0.0
    tasks_of_arm: float = 0.0
    """What suits one arm in a task and not another."""
    shape: tuple[int, int, int] = (3, 3, 100)
    """Seeds, subsets, and scenes or, where a task has scenes, tasks."""
    scenes_of_task: int = 0


CASES = (
    Case(name="seeds differ", seeds=0.5),
    Case(name="seeds differ a lot", seeds=1.5),
    Case(name="subsets differ", subsets=0.5),
    Case(name="both differ alike", seeds=0.4, subsets=0.4, both=0.3),
    Case(name="little differs", seeds=0.1, subsets=0.1, both=0.1),
    Case(name="nothing but scenes"),
    Case(name="a control that fails", logit=-4.5, seeds=0.4, subsets=0.4, both=0.3),
    Case(name="two subsets", seeds=0.4, subsets=0.4, both=0.3, shape=(3, 2, 100)),
    Case(name="five seeds", seeds=0.4, subsets=0.4, both=0.3, shape=(5, 3, 100)),
    Case(
        name="ten tasks",
        seeds=0.4,
        subsets=0.4,
        both=0.3,
        tasks=1.5,
        tasks_of_arm=0.7,
        shape=(3, 3, 10),
        scenes_of_task=10,
    ),
    Case(
        name="six tasks",
        seeds=0.4,
        subsets=0.4,
        both=0.3,
        tasks=1.5,
        tasks_of_arm=0.7,
        shape=(3, 3, 6),
        scenes_of_task=10,
    ),
)


def probability(logits: np.ndarray) -> np.ndarray:
    """Of success."""
    return 1 / (1 + np.exp(-logits))


def truth(case: Case) -> float:
    """Mean over the normal distribution of all effects together, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    parts = case.seeds, case.subsets, case.both, case.scenes, case.tasks, case.tasks_of_arm
    deviation = np.sqrt(sum(part**2 for part in parts))
    return float((weights * probability(case.logit + deviation * nodes)).sum() / weights.sum())


def difficulty(case: Case, random: np.random.Generator) -> np.ndarray:
    """What scenes, and tasks where there are any, add for all arms alike, ``(scene)`` or ``(task, scene)``."""
    *_, units = case.shape
    if not case.scenes_of_task:
        return case.scenes * random.normal(size=units)
    scenes = case.scenes * random.normal(size=(units, case.scenes_of_task))
    return scenes + case.tasks * random.normal(size=(units, 1))


def trials(case: Case, units: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Outcomes of one arm of one study, ``(seed, subset, scene)`` or ``(seed, subset, task, scene)``."""
    seeds, subsets, _ = case.shape
    rest = (1,) * units.ndim
    logits = (
        case.logit
        + random.normal(0, case.seeds, (seeds, 1, *rest))
        + random.normal(0, case.subsets, (1, subsets, *rest))
        + random.normal(0, case.both, (seeds, subsets, *rest))
        + units
    )
    if case.scenes_of_task:
        logits = logits + random.normal(0, case.tasks_of_arm, (len(units), 1))
    return (random.random(logits.shape) < probability(logits)).astype(np.float64)


def drawn(case: Case, units: np.ndarray, random: np.random.Generator) -> Grid:
    """One arm of one study with scenes, or tasks, of given difficulty; of many tasks each is a unit."""
    values = trials(case, units, random)
    if case.scenes_of_task:
        values = values.mean(axis=-1)
    seeds, subsets, _ = case.shape
    return Grid(values=values, seeds=tuple(range(seeds)), subsets=tuple(range(subsets)))


def repetitions(case: Case, count: int) -> Iterator[tuple[Estimate, Estimate, Estimate]]:
    """The t interval, the bootstrap's, and the t interval of a difference that is truly zero."""
    random = np.random.default_rng(0)
    for _ in range(count):
        units = difficulty(case, random)
        first, second = drawn(case, units, random), drawn(case, units, random)
        difference = paired_grid(first, second)
        assert difference is not None
        yield (
            estimate(first, bounds=(0, 1)),
            bootstrap_estimate(first, draws=1000),
            estimate(difference, bounds=(-1, 1)),
        )


def holds(interval: Estimate, value: float) -> bool:
    """Whether the interval holds the truth."""
    assert interval.low is not None
    assert interval.high is not None
    return interval.low <= value <= interval.high


def width(interval: Estimate) -> float:
    """From one end to the other."""
    assert interval.low is not None
    assert interval.high is not None
    return interval.high - interval.low


def main(count: int) -> None:
    """Print a row of percentages per case."""
    print("| case | true success | t covers | width | bootstrap covers | width | t, difference |")
    print("|---|---|---|---|---|---|---|")
    for case in CASES:
        value, rows = truth(case), list(repetitions(case, count))
        shares = [
            np.mean([holds(row[i], (value, value, 0.0)[i]) for row in rows]) for i in range(3)
        ]
        wide = [np.mean([width(row[i]) for row in rows]) for i in range(2)]
        numbers = (value, shares[0], wide[0], shares[1], wide[1], shares[2])
        print(f"| {case.name} | " + " | ".join(f"{100 * n:.1f}" for n in numbers) + " |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
