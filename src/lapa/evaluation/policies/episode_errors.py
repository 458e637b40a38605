"""Action errors episode by episode: their metrics, and the paired difference of two arms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.episode_bootstrap import Interval, Sums, episode_interval
from lapa.records import EvaluationReport, Metric, Record, require_same

FILE = "action_errors.json"
HEADLINE = "action/mae_normalized"
"""The error that arms are compared by: absolute, so that one bad joint does not decide."""


class EpisodeErrors(Record):
    """Sums over the valid steps of each held-out episode."""

    episodes: tuple[str, ...]
    """``<dataset>/<episode id>``."""
    steps: tuple[int, ...]
    dimensions: tuple[str, ...]
    units: tuple[str, ...]
    """One per dimension; empty text where it is unknown."""
    scales: tuple[float, ...]
    """What stands for 1 in a normalised error, per dimension (`ActionDimension.scale`)."""
    still: tuple[str, ...] = ()
    """Dimensions that stood still in the labelled episodes; means leave them out, as in training."""
    absolute: tuple[tuple[float, ...], ...]
    """``(episode, dimension)``, summed over steps, in the dimension's unit."""
    squared: tuple[tuple[float, ...], ...]

    def normalized(self, kind: str) -> NDArray[np.float64]:
        """``(episode,)``: sums over steps of the mean over dimensions; ``mae`` or ``mse``."""
        scales = np.array(self.scales)
        moving = np.array([name not in self.still for name in self.dimensions])
        counted = moving if moving.any() else ~moving
        if kind == "mae":
            return np.asarray((np.array(self.absolute) / scales)[:, counted].mean(axis=1))
        return np.asarray((np.array(self.squared) / scales**2)[:, counted].mean(axis=1))

    def metrics(self, *, resamples: int, seed: int) -> tuple[Metric, ...]:
        """Errors as ``action/<name>``; ``n`` counts episodes, intervals resample them."""
        sampling = {"resamples": resamples, "seed": seed}
        count = len(self.episodes)
        metrics = [
            _mean(self.normalized(kind), self.steps, **sampling).metric(
                f"action/{kind}_normalized", n=count
            )
            for kind in ("mse", "mae")
        ]
        steps = sum(self.steps)
        mse, mae = (np.array(sums).sum(axis=0) / steps for sums in (self.squared, self.absolute))
        scales = np.array(self.scales)
        columns = {
            "mse": mse,
            "mae": mae,
            "mse_normalized": mse / scales**2,
            "mae_normalized": mae / scales,
        }
        for column, dimension in enumerate(self.dimensions):
            metrics += [
                Metric(name=f"action/{kind}/{dimension}", value=float(values[column]), n=count)
                for kind, values in columns.items()
            ]
        return tuple(metrics)


def paired_error(
    name: str, first: EpisodeErrors, second: EpisodeErrors, *, resamples: int, seed: int
) -> Metric:
    """`HEADLINE` of ``first`` minus that of ``second``, with an interval over paired episodes.

    Raises:
        ValueError: the arms were measured on different episodes.
    """
    require_same(
        "held-out episodes of the second arm",
        (second.episodes, second.steps),
        (first.episodes, first.steps),
        remedy="evaluate both arms on the same episodes: they are compared episode by episode",
    )
    difference = first.normalized("mae") - second.normalized("mae")
    interval = _mean(difference, first.steps, resamples=resamples, seed=seed)
    return interval.metric(name, n=len(first.episodes))


def write_errors(errors: EpisodeErrors, folder: Path) -> None:
    """Write ``action_errors.json``."""
    (folder / FILE).write_text(json.dumps(errors.model_dump(mode="json")) + "\n")


def read_errors(report: EvaluationReport) -> EpisodeErrors | None:
    """Read the errors of a policy's report; None where they were not measured."""
    file = Path(report.path) / FILE
    return EpisodeErrors.model_validate_json(file.read_text()) if file.is_file() else None


def _mean(
    sums: NDArray[np.float64], steps: tuple[int, ...], *, resamples: int, seed: int
) -> Interval:
    """Mean over steps, each episode weighted by its steps, with an interval over episodes."""
    columns = (sums, np.array(steps, dtype=np.float64))
    episodes = np.arange(len(sums))
    return episode_interval(_per_step, columns, episodes, resamples=resamples, seed=seed)


def _per_step(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / sums[..., 2])
