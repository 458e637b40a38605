"""`lapa doctor`: is this machine ready?"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import torch
from rich.console import Console
from rich.table import Table

from lapa.distributed.launch import launch
from lapa.params.base import Accelerator

PACKAGES = (
    "torch",
    "kedro",
    "kedro-mlflow",
    "mlflow",
    "pytorch-lightning",
    "transformers",
    "av",
    "mujoco",
)
FREE_GIB_WANTED = 10


@click.command()
@click.option(
    "--devices", default=1, help="Start this many processes a node and let them add up numbers."
)
@click.option("--nodes", default=1, help="Nodes of the Slurm job on which they start.")
@click.option(
    "--accelerator",
    type=click.Choice(["auto", "cpu", "gpu"]),
    default="auto",
    help="What the processes add up on.",
)
def doctor(devices: int, nodes: int, accelerator: Accelerator) -> None:
    """Check this machine: versions, devices, disk, Slurm.

    On request the processes of a job, too: whether they start and find one another.

    Exits with 1 if a needed package is missing, or processes do not find one another.
    """
    table = Table(title="lapa doctor")
    for column in ("what", "found", "verdict"):
        table.add_column(column)
    rows = [_python(), *map(_package, PACKAGES), _torchvision(), _devices(), _disk(), _slurm()]
    if devices * nodes > 1:
        rows.append(_processes(devices, nodes, accelerator))
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    if any(row[2] == "missing" for row in rows):
        sys.exit(1)


def _python() -> tuple[str, str, str]:
    version = sys.version.split()[0]
    return (
        "Python",
        version,
        "ok" if (3, 11) <= sys.version_info[:2] <= (3, 12) else "want 3.11 or 3.12",
    )


def _package(name: str) -> tuple[str, str, str]:
    try:
        return name, importlib.metadata.version(name), "ok"
    except importlib.metadata.PackageNotFoundError:
        return name, "not installed", "missing"


def _torchvision() -> tuple[str, str, str]:
    """A torchvision built for another torch breaks Lightning, transformers and MLflow on import."""
    try:
        version = importlib.metadata.version("torchvision")
    except importlib.metadata.PackageNotFoundError:
        return "torchvision", "not installed", "ok: not needed"
    return "torchvision", version, "remove it unless it was built for this torch"


def _devices() -> tuple[str, str, str]:
    if torch.cuda.is_available():
        names = {torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
        return "GPU", f"{torch.cuda.device_count()} x {', '.join(sorted(names))}", "ok"
    return "CPU cores", str(os.cpu_count()), "ok for the demo; no GPU"


def _disk() -> tuple[str, str, str]:
    free = shutil.disk_usage(".").free / (1 << 30)
    verdict = "ok" if free >= FREE_GIB_WANTED else f"low: the demo wants {FREE_GIB_WANTED} GiB"
    return "free disk", f"{free:.0f} GiB", verdict


def _slurm() -> tuple[str, str, str]:
    sbatch = shutil.which("sbatch")
    return "Slurm", sbatch or "not found", "ok" if sbatch else "ok: only for clusters"


def _processes(devices: int, nodes: int, accelerator: Accelerator) -> tuple[str, str, str]:
    """Of the job we are in; the folder in between is one that every node can see."""
    with TemporaryDirectory(dir=".", prefix=".processes-") as work:
        report = launch(
            "lapa.distributed.check_processes:check_processes",
            {"accelerator": accelerator, "work": Path(work).resolve()},
            devices=devices,
            nodes=nodes,
        )
    hosts = ", ".join(report.hosts)
    return (
        f"{devices * nodes} processes",
        f"{report.device} on {hosts}",
        f"ok: {report.gib_per_second:.2f} GiB/s",
    )
