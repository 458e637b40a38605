"""A real Slurm of two nodes on this machine, and commands inside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from toys.paths import ROOT, TESTS

SCRIPT = TESTS / "slurm/cluster.sh"
PLUGIN = TESTS / "slurm/container_options.c"
DAEMONS = ("slurmctld", "slurmd", "sbatch", "munged", "unshare", "nsenter")
INSTALL = "apt-get install --no-install-recommends slurmctld slurmd slurm-client munge"
TOLD = """#!/bin/bash
told=$(printf '%s\\t' "$@"; env | grep '^SEEN_' | tr '\\n' '\\t')
printf '%s\\n' "$told" >> calls
"""
"""A `kedro` that only tells how it was called, and what it was told of a container; all of a line at once, for the jobs
of an array write side by side."""
OVER = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}


def why_no_slurm() -> str:
    """What a machine lacks for a Slurm of its own; empty where it lacks nothing."""
    missing = [name for name in DAEMONS if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} on this machine: {INSTALL}"
    if os.geteuid() != 0:
        return "Slurm's daemons run in namespaces of their own, for which it takes root"
    possible = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False
    )
    return "" if possible.returncode == 0 else f"unshare: {possible.stderr.decode().strip()}"


class Cluster:
    """Daemons in namespaces of their own, which end with `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.knows_containers = _build_plugin(folder / "container.so")
        self._script = subprocess.Popen([SCRIPT, folder], stdin=subprocess.PIPE)
        try:
            wait_for((folder / "ready").is_file, seconds=60, what="two idle nodes")
            children = Path(f"/proc/{self._script.pid}/task/{self._script.pid}/children")
            self._inside = children.read_text().split()[0]
        except BaseException:
            self.stop()
            raise

    def run(
        self, command: str, *, folder: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A line of bash on a machine of the cluster, without this test's own Python paths."""
        entered = ["nsenter", f"--target={self._inside}", "--net", "--mount", "--pid"]
        own = {
            key: value
            for key, value in os.environ.items()
            # mlflow.set_tracking_uri of a test before this one stays in the environment
            if key != "PYTHONPATH" and not key.startswith("MLFLOW_")
        }
        return subprocess.run(
            [*entered, f"--wd={folder}", "bash", "-c", command],
            env=own
            | {"SLURM_CONF": str(self.folder / "slurm.conf"), "GLOO_SOCKET_IFNAME": "lo"}
            | {"OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "1", **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def facts(self, job: str) -> dict[str, str]:
        """What Slurm says of a job."""
        shown = self.run(f"scontrol show job --oneliner {job}", folder=self.folder).stdout
        return dict(part.split("=", 1) for part in shown.split() if "=" in part)

    def states(self, job: str) -> list[str]:
        """The state of a job; of an array, that of each of its jobs."""
        shown = self.run(f"scontrol show job --oneliner {job}", folder=self.folder).stdout
        return re.findall(r" JobState=(\w+)", shown)

    def wait(self, job: str, *, seconds: float) -> str:
        """The state in which a job ends; of an array, the first that is not COMPLETED."""

        def over() -> bool:
            return OVER.issuperset(
                self.states(job) or ["UNKNOWN"]
            )  # a busy controller may not answer

        wait_for(over, seconds=seconds, what=f"the end of job {job}")
        return next((s for s in self.states(job) if s != "COMPLETED"), "COMPLETED")

    def stop(self) -> None:
        """End the daemons, and with them all jobs."""
        self._script.kill()
        self._script.wait()


def checkout_in(folder: Path, *, kedro: str = "") -> Path:
    """A checkout with an environment: this one, with another `kedro` if there is text for it."""
    leave = shutil.ignore_patterns("__pycache__", "*.out")
    for name in ("slurm", "src", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave, symlinks=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    path = f"{programs}:{Path(sys.executable).parent}"
    (programs / "activate").write_text(f'PATH="{path}:$PATH"\n')
    if kedro:
        (programs / "kedro").write_text(kedro)
        (programs / "kedro").chmod(0o755)
    return folder


def wait_for(happened: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Look again and again.

    Raises:
        TimeoutError: it does not happen.
    """
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)


def _build_plugin(library: Path) -> bool:
    """Compile what accepts options of containers; False where compiler or header are missing."""
    if shutil.which("gcc") is None or not Path("/usr/include/slurm/spank.h").is_file():
        return False
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, PLUGIN], check=True)
    return True
