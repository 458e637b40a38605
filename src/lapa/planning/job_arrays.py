"""Ingestion and labelling as an array of jobs: what their parts are made of first, then the parts, then the merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lapa.params.array_part import IN_PARTS, MERGE, PART
from lapa.params.experiment import Experiment
from lapa.params.label_sources import PredictedActions
from lapa.planning.job_shape import JobShape
from lapa.refused import RefusedError

OUTPUT = "--output=slurm/logs/%x-%A_%a.out"
"""One file for each job of an array."""


@dataclass(frozen=True)
class Step:
    """One of the jobs, or of the arrays, that a pipeline is made by."""

    shape: JobShape
    suffix: str = ""
    """Of the job's name."""
    options: tuple[str, ...] = ()
    """Of `sbatch`."""
    passed: tuple[str, ...] = ()
    """To the job's script, after what all jobs are passed."""


def require_arrays(pipelines: Sequence[str]) -> None:
    """Refuse an array of jobs none of which can be one.

    Args:
        pipelines: of each job, joined by commas.

    Raises:
        RefusedError: no job ingests or labels, or one does something else too.
    """
    mixed = [
        names
        for names in pipelines
        if "," in names and not set(IN_PARTS).isdisjoint(names.split(","))
    ]
    if mixed or set(IN_PARTS).isdisjoint(pipelines):
        listed = " ".join(f"--pipelines={names}" for names in mixed or pipelines)
        raise RefusedError(
            f"--array with {listed}, expected {' or '.join(IN_PARTS)} as a job of its own "
            f"(--pipelines={IN_PARTS[0]}): only these are made in parts"
        )


def steps_of(
    pipeline: str, shape: JobShape, experiment: Experiment, parts: int | None
) -> Iterator[Step]:
    """The jobs of a pipeline, each after the one before: one, or those of an array.

    Args:
        pipeline: one, or several that share a job.
        shape: what its stages ask for.
        experiment: what it is built for.
        parts: jobs of the array; None: no array.
    """
    if parts is None or pipeline not in IN_PARTS:
        yield Step(shape)
        return
    if before := made_before(pipeline, experiment):
        yield Step(shape, "-first", passed=(f"--to-outputs={','.join(before)}",))
    yield Step(shape, "-parts", (f"--array=1-{parts}", OUTPUT), (f"--parts={parts}",))
    yield Step(JobShape(), "-merge", passed=(f"--params={PART}={MERGE}/{parts}",))


def made_before(pipeline: str, experiment: Experiment) -> list[str]:
    """Datasets of the pipeline that every part reads: jobs side by side would all make them."""
    if pipeline == "ingestion":
        return [
            f"{name}.raw_episodes" for name in experiment.datasets if name in experiment.simulated
        ]
    return [
        f"{arm.name}.inverse_dynamics_checkpoint"
        for arm in experiment.chosen_arms
        if isinstance(arm.labels, PredictedActions)
    ]
