"""Action errors episode by episode: their metrics, and the paired difference of two arms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.policies.held_out_actions import HeldOutActions
from lapa.evaluation.statistics.step_means import episode_sums, step_means
from lapa.records import ActionStats, EvaluationReport, Metric, Record, require_same

FILE = "action_errors.json"
HEADLINE = "action/mae_normalized"
"""The error that arms are compared by: absolute, so that one bad joint does not decide."""


ErrorKind = Literal["mse", "mae"]
KINDS: tuple[ErrorKind, ...] = ("mse", "mae")


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

    datasets: tuple[str, ...] = ()
    """Dataset of each episode."""

    @property
    def dataset_names(self) -> tuple[str, ...]:
        """The datasets that the episodes are of."""
        return tuple(sorted(set(self.datasets)))

    def of_dataset(self, name: str) -> Self:
        """The episodes of one dataset."""
        kept = [row for row, dataset in enumerate(self.datasets) if dataset == name]
        columns = ("episodes", "steps", "absolute", "squared", "datasets")
        return self.model_copy(
            update={column: tuple(getattr(self, column)[row] for row in kept) for column in columns}
        )

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Dimensions that count in means: those that do not stand still, or all if all of them do."""
        moving = np.array([name not in self.still for name in self.dimensions])
        return moving if moving.any() else ~moving

    def normalized(self, kind: ErrorKind) -> NDArray[np.float64]:
        """``(episode,)``: sums over steps of the mean over dimensions."""
        return np.asarray(self._normalized_columns(kind)[:, self.counted].mean(axis=1))

    def _normalized_columns(self, kind: ErrorKind) -> NDArray[np.float64]:
        scales = np.array(self.scales)
        if kind == "mae":
            return np.asarray(np.array(self.absolute) / scales)
        return np.asarray(np.array(self.squared) / scales**2)

    def metrics(self, *, resamples: int, seed: int) -> tuple[Metric, ...]:
        """Errors as ``action/<name>``; ``n`` counts episodes, intervals resample them."""
        columns = {f"{kind}_normalized": self.normalized(kind) for kind in KINDS}
        by_dimension = {
            "mse": np.array(self.squared),
            "mae": np.array(self.absolute),
            "mse_normalized": self._normalized_columns("mse"),
            "mae_normalized": self._normalized_columns("mae"),
        }
        for column, dimension in enumerate(self.dimensions):
            columns |= {f"{kind}/{dimension}": v[:, column] for kind, v in by_dimension.items()}
        means = step_means(list(columns.values()), self.steps, resamples=resamples, seed=seed)
        return tuple(
            interval.metric(f"action/{name}", n=len(self.episodes))
            for name, interval in zip(columns, means, strict=True)
        )


def paired_error(
    name: str,
    first: EpisodeErrors,
    second: EpisodeErrors,
    *,
    kind: ErrorKind = "mae",
    resamples: int,
    seed: int,
) -> Metric:
    """Normalised error of ``first`` minus that of ``second``, with an interval over paired episodes.

    Raises:
        ValueError: the two were measured on different episodes.
    """
    require_same(
        "held-out episodes of the second arm",
        (second.episodes, second.steps),
        (first.episodes, first.steps),
        remedy="evaluate both arms on the same episodes: they are compared episode by episode",
    )
    difference = first.normalized(kind) - second.normalized(kind)
    (interval,) = step_means([difference], first.steps, resamples=resamples, seed=seed)
    return interval.metric(name, n=len(first.episodes))


def errors_by_episode(
    predicted: NDArray[np.float32], held_out: HeldOutActions, stats: ActionStats
) -> EpisodeErrors:
    """Sum the errors of all steps of each held-out episode.

    Args:
        predicted: ``(step, action_dim)``, the policy's or a baseline's.
        held_out: the truth, and whose steps these are.
        stats: scales of the dimensions, and which of them stand still.
    """
    error = predicted.astype(np.float64) - held_out.actions
    first, group = held_out.by_episode()
    texts, clips = held_out.dataset.table.texts, held_out.clips[first]
    return EpisodeErrors(
        episodes=tuple(f"{texts['dataset'][clip]}/{texts['episode_id'][clip]}" for clip in clips),
        datasets=tuple(texts["dataset"][clip] for clip in clips),
        steps=tuple(np.bincount(group).tolist()),
        dimensions=tuple(d.name for d in stats.dimensions),
        units=tuple(d.unit for d in stats.dimensions),
        scales=tuple(d.scale for d in stats.dimensions),
        still=stats.still,
        absolute=_rows(episode_sums(np.abs(error), group)),
        squared=_rows(episode_sums(error**2, group)),
    )


def _rows(sums: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, sums.tolist()))


def write_errors(errors: EpisodeErrors, folder: Path) -> None:
    """Write ``action_errors.json``."""
    (folder / FILE).write_text(json.dumps(errors.model_dump(mode="json")) + "\n")


def read_errors(report: EvaluationReport) -> EpisodeErrors | None:
    """Read the errors of a policy's report; None where they were not measured."""
    file = Path(report.path) / FILE
    return EpisodeErrors.model_validate_json(file.read_text()) if file.is_file() else None
