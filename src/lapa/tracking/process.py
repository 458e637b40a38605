"""Which process owns an MLflow run, and whether it still lives."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def this_process() -> str:
    """Identity of this process as JSON: host, boot, pid, start time, and Slurm job if there is one.

    A pid alone is used again after a reboot, and in time on a busy machine.
    """
    pid = os.getpid()
    return json.dumps(
        {
            "host": socket.gethostname(),
            "boot": _boot(),
            "pid": pid,
            "started": _started(pid),
            "job": os.environ.get("SLURM_JOB_ID", ""),
        }
    )


def is_gone(owner: str) -> bool:
    """Whether the process that `this_process` described is surely dead.

    A process on another machine counts as alive, unless it belonged to this very Slurm job, which
    was then requeued.
    """
    then, here = json.loads(owner), json.loads(this_process())
    if then == here:
        return False
    if then["job"] and then["job"] == here["job"]:
        return True
    if then["host"] != here["host"]:
        return False
    return then["boot"] != here["boot"] or not _lives(then["pid"], then["started"])


def _boot() -> str:
    return _BOOT_ID.read_text().strip() if _BOOT_ID.is_file() else ""


def _started(pid: int) -> str:
    """Clock ticks between boot and the start of the process; empty where there is no /proc."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]  # field 22 of proc(5); the name may hold spaces


def _lives(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(pid) == started
