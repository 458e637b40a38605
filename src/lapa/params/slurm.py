"""What a cluster's Slurm wants to be told with a job; no node computes anything by it."""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params


class SlurmParams(Params):
    """Options of `sbatch` that belong to a cluster, not to an experiment; null: none is given."""

    partition: str | None = None
    """Of jobs that ask for GPUs."""
    qos: str | None = None
    """Of jobs that ask for GPUs."""
    cpu_partition: str | None = None
    """Of jobs without GPUs."""
    cpu_qos: str | None = None
    """Of jobs without GPUs."""
    account: str | None = None
    time: str | None = Field(default=None, pattern=r"^\d[\d:-]*$")
    """Wall time of a job, as `sbatch` writes it: ``24:00:00``."""
    cpus_per_task: int | None = Field(default=None, gt=0)
    """CPUs of one process that has a GPU."""
    memory_gb: int | None = Field(default=None, gt=0)
    """Memory of a whole node, GB; a job with some of its GPUs asks for that share."""
    interface: str | None = None
    """Network interface over which processes on several nodes talk."""
