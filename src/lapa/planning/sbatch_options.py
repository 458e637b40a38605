"""From the shape of a job and what is known of the cluster to the options of `sbatch`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from lapa.params.slurm import SlurmParams
from lapa.planning.job_shape import JobShape
from lapa.refused import RefusedError


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line says about the jobs; it wins over the cluster's preset. None says nothing."""

    partition: str | None = None
    qos: str | None = None
    cpu_partition: str | None = None
    cpu_qos: str | None = None
    account: str | None = None
    time: str | None = None
    gpus: int | None = None
    """GPUs of a node that jobs with GPUs are expected to use."""
    container: str | None = None
    """An image, as pyxis takes it."""
    mounts: str | None = None
    """Further folders of the container."""
    array: int | None = None
    """Jobs that ingestion and labelling are each shared out among."""


def options_of(
    name: str, shape: JobShape, *, slurm: SlurmParams, gpus_of_node: int | None, asked: Asked
) -> list[str]:
    """Options of one job, without its script.

    Args:
        name: of the job.
        shape: what its stages ask for.
        slurm: what the cluster wants to be told.
        gpus_of_node: as its nodes have; None: not known.
        asked: by the caller.

    Raises:
        RefusedError: parameters, command line and nodes contradict one another; all numbers are named.
    """
    _require_fitting(name, shape, gpus_of_node, asked)
    options = [f"--job-name={name}", f"--nodes={shape.nodes}"]
    options += [f"--ntasks-per-node={shape.tasks_per_node}"]
    if shape.on_gpus:
        options += _of_gpus(shape, slurm, gpus_of_node)
    options += [f"--{key}={value}" for key, value in _where(shape, slurm, asked).items()]
    if shape.nodes > 1 and slurm.interface:
        variables = (f"{library}_SOCKET_IFNAME={slurm.interface}" for library in ("NCCL", "GLOO"))
        options.append(f"--export=ALL,{','.join(variables)}")
    return [*options, *_container(asked)]


def _of_gpus(shape: JobShape, slurm: SlurmParams, gpus_of_node: int | None) -> Iterator[str]:
    yield f"--gpus-per-node={shape.gpus_per_node}"
    if slurm.cpus_per_task:
        yield f"--cpus-per-task={slurm.cpus_per_task}"
    if slurm.memory_gb:
        share = shape.gpus_per_node / gpus_of_node if gpus_of_node else 1.0
        yield f"--mem={ceil(slurm.memory_gb * share)}G"


def _where(shape: JobShape, slurm: SlurmParams, asked: Asked) -> dict[str, str]:
    """Options that say where and as whom: the command line, else sbatch's own variables, else the preset."""
    if shape.on_gpus:
        chosen = {
            "partition": (asked.partition, slurm.partition),
            "qos": (asked.qos, slurm.qos),
        }
    else:
        chosen = {
            "partition": (asked.cpu_partition or asked.partition, slurm.cpu_partition),
            "qos": (asked.cpu_qos or asked.qos, slurm.cpu_qos),
        }
    chosen["account"] = (asked.account, slurm.account)
    chosen["time"] = (asked.time, slurm.time)
    return {
        key: value
        for key, (given, preset) in chosen.items()
        if (value := given or (None if _in_environment(key, os.environ) else preset))
    }


def _in_environment(option: str, environment: Mapping[str, str]) -> bool:
    return {"time": "SBATCH_TIMELIMIT"}.get(option, f"SBATCH_{option.upper()}") in environment


def _container(asked: Asked) -> Iterator[str]:
    if asked.container is None:
        return
    here = os.getcwd()
    yield f"--container-image={asked.container}"
    yield f"--container-mounts={','.join([f'{here}:{here}', *filter(None, [asked.mounts])])}"
    yield f"--container-workdir={here}"


def _require_fitting(name: str, shape: JobShape, gpus_of_node: int | None, asked: Asked) -> None:
    if asked.gpus is not None and shape.on_gpus and asked.gpus != shape.gpus_per_node:
        raise RefusedError(
            f"{name}: --gpus is {asked.gpus}, but its parameters ask for {shape.gpus_per_node} processes a "
            "node, expected one for each GPU: change `devices` of the stage, or leave --gpus out"
        )
    if gpus_of_node is not None and shape.gpus_per_node > gpus_of_node:
        raise RefusedError(
            f"{name}: its parameters ask for {shape.gpus_per_node} GPUs a node, which has {gpus_of_node} "
            "(hardware.gpus_per_node): fewer `devices` on more `nodes`"
        )
    if asked.container is not None and shape.nodes > 1:
        raise RefusedError(
            f"{name}: {shape.nodes} nodes in a container, expected 1: pyxis runs the batch script inside "
            "the container, where no srun can start processes on other nodes; leave --container out"
        )
