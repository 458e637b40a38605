"""Predicted beside true actions, dimension by dimension: same mean, same spread?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.policies.held_out_actions import HeldOutActions
from lapa.evaluation.statistics.step_means import episode_sums, step_deviations, step_means
from lapa.records import ActionStats, Metric

SIDES = ("true", "predicted")


@dataclass(frozen=True, kw_only=True)
class ActionMoments:
    """Sums by episode, of both sides."""

    steps: tuple[int, ...]
    dimensions: tuple[str, ...]
    sums: dict[str, NDArray[np.float64]]
    """By side ``(episode, dimension)``, in the dimension's unit."""
    squares: dict[str, NDArray[np.float64]]

    def episode_means(self, side: str) -> NDArray[np.float64]:
        """Mean action of every episode, ``(episode, dimension)``."""
        return np.asarray(self.sums[side] / np.array(self.steps)[:, None])

    def metrics(self, *, resamples: int, seed: int) -> tuple[Metric, ...]:
        """``action/<mean or std>_<side>/<dimension>`` with intervals over episodes."""
        sampling = {"resamples": resamples, "seed": seed}
        metrics: list[Metric] = []
        for side in SIDES:
            sums, squares = list(self.sums[side].T), list(self.squares[side].T)
            measured = {
                "mean": step_means(sums, self.steps, **sampling),
                "std": step_deviations(sums, squares, self.steps, **sampling),
            }
            metrics += [
                interval.metric(f"action/{moment}_{side}/{dimension}", n=len(self.steps))
                for moment, intervals in measured.items()
                for dimension, interval in zip(self.dimensions, intervals, strict=True)
            ]
        return tuple(metrics)


def action_moments(held_out: HeldOutActions, stats: ActionStats) -> ActionMoments:
    """Sum both sides by episode."""
    _, group = held_out.by_episode()
    sides = {
        side: values.astype(np.float64)
        for side, values in zip(SIDES, (held_out.actions, held_out.predicted), strict=True)
    }
    return ActionMoments(
        steps=tuple(np.bincount(group).tolist()),
        dimensions=tuple(dimension.name for dimension in stats.dimensions),
        sums={side: episode_sums(values, group) for side, values in sides.items()},
        squares={side: episode_sums(values**2, group) for side, values in sides.items()},
    )
