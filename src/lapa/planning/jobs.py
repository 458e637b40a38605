"""The Slurm jobs of an experiment: for each pipeline the template and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lapa.params.hardware import HardwareParams
from lapa.params.slurm import SlurmParams
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


def jobs_of(pipelines: Sequence[str], parameters: Mapping[str, Any], asked: Asked) -> Iterator[Job]:
    """One job for each entry of ``pipelines``, in that order.

    Args:
        pipelines: each one or several, joined by commas.
        parameters: of the experiment, by section.
        asked: by the caller.

    Raises:
        RefusedError: a job that cannot be as asked for.
    """
    slurm = SlurmParams.model_validate(parameters.get("slurm", {}))
    hardware = HardwareParams.model_validate(parameters.get("hardware", {}))
    for names in pipelines:
        shape = shape_of(names, parameters)
        options = options_of(
            f"lapa-{names.replace(',', '-')}",
            shape,
            slurm=slurm,
            gpus_of_node=hardware.gpus_per_node,
            asked=asked,
        )
        yield Job(names, tuple(options), _template(shape))


def _template(shape: JobShape) -> str:
    if not shape.on_gpus:
        return "slurm/cpu.sbatch"
    return "slurm/multinode.sbatch" if shape.nodes > 1 else "slurm/gpu.sbatch"
