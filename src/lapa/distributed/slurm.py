"""A Slurm allocation: its shape against the parameters, and how ranks are started and find one another in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

SRUN = "srun"
_PORT_BASE, _PORT_RANGE = 20_000, 20_000


def check_allocation(environment: Mapping[str, str], *, devices: int, nodes: int) -> None:
    """Compare the processes asked for with what Slurm gave.

    Raises:
        ValueError: naming the parameter, the Slurm variable and both numbers.
    """
    asked = {
        "SLURM_JOB_NUM_NODES": ("trainer.nodes", nodes),
        "SLURM_NTASKS_PER_NODE": ("trainer.devices", devices),
    }
    for variable, (parameter, wanted) in asked.items():
        given = environment.get(variable)
        if given is not None and int(given) != wanted:
            raise ValueError(
                f"`{parameter}` is {wanted} but {variable} is {given}; change the parameter or the "
                f"header of the batch script so that they agree"
            )


def srun_command(devices: int, nodes: int) -> list[str]:
    """Start Python once for every process, on the nodes of this job."""
    command = [SRUN, f"--nodes={nodes}", f"--ntasks={nodes * devices}"]
    command += [f"--ntasks-per-node={devices}", "--kill-on-bad-exit=1"]
    # srun stopped inheriting the batch script's --cpus-per-task in Slurm 22.05
    if cpus := os.environ.get("SLURM_CPUS_PER_TASK"):
        command.append(f"--cpus-per-task={cpus}")
    return [*command, sys.executable]


def rendezvous() -> dict[str, str]:
    """Address of the first node, and a port that two jobs on one machine rarely share."""
    hosts = subprocess.run(  # noqa: S603 - arguments are ours
        ["scontrol", "show", "hostnames", os.environ["SLURM_JOB_NODELIST"]],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    port = _PORT_BASE + int(os.environ["SLURM_JOB_ID"]) % _PORT_RANGE
    return {"MASTER_ADDR": hosts[0], "MASTER_PORT": str(port)}


def adopt_slurm_ranks() -> None:
    """Give a process started by srun the variables that torchrun would have set."""
    if "RANK" in os.environ or "SLURM_PROCID" not in os.environ:
        return
    names = {
        "RANK": "PROCID",
        "LOCAL_RANK": "LOCALID",
        "NODE_RANK": "NODEID",
        "WORLD_SIZE": "NTASKS",
    }
    os.environ.update({ours: os.environ[f"SLURM_{theirs}"] for ours, theirs in names.items()})
