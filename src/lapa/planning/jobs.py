"""The Slurm jobs of an experiment: for each pipeline the template and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lapa.params.experiment import Experiment
from lapa.params.hardware import HardwareParams
from lapa.params.slurm import SlurmParams
from lapa.planning.job_arrays import require_arrays, steps_of
from lapa.planning.job_shape import JobShape, shape_of
from lapa.planning.sbatch_options import Asked, options_of


@dataclass(frozen=True)
class Job:
    """One `sbatch`."""

    pipelines: str
    """Joined by commas, as `kedro run --pipelines` takes them."""
    options: tuple[str, ...]
    template: str
    """A file of `slurm/`."""
    passed: tuple[str, ...] = ()
    """What this job's script is given beside what all are."""


def jobs_of(pipelines: Sequence[str], parameters: Mapping[str, Any], asked: Asked) -> Iterator[Job]:
    """One job for each entry of ``pipelines``, in that order; of one that is an array, up to three.

    Args:
        pipelines: each one or several, joined by commas.
        parameters: of the experiment, by section.
        asked: by the caller.

    Raises:
        RefusedError: a job that cannot be as asked for.
    """
    slurm = SlurmParams.model_validate(parameters.get("slurm", {}))
    hardware = HardwareParams.model_validate(parameters.get("hardware", {}))
    experiment = Experiment.of(parameters)
    if asked.array is not None:
        require_arrays(pipelines)
    for names in pipelines:
        for step in steps_of(names, shape_of(names, parameters), experiment, asked.array):
            options = options_of(
                f"lapa-{names.replace(',', '-')}{step.suffix}",
                step.shape,
                slurm=slurm,
                gpus_of_node=hardware.gpus_per_node,
                asked=asked,
            )
            yield Job(names, (*options, *step.options), _template(step.shape), step.passed)


def _template(shape: JobShape) -> str:
    if not shape.on_gpus:
        return "slurm/cpu.sbatch"
    return "slurm/multinode.sbatch" if shape.nodes > 1 else "slurm/gpu.sbatch"
