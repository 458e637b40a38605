"""Run a training function on every rank while the caller stays one process.

A launcher inside the caller would execute the whole `kedro run` once per rank (two MLflow
runs, two evaluations). So the caller asks for *a function, its arguments and a number of
processes*, waits, and gets back what rank zero returned.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lapa.distributed.by_annotation import (
    arguments_from_json,
    arguments_to_json,
    result_from_json,
    result_to_json,
)
from lapa.distributed.orphans import end_with_parent
from lapa.distributed.slurm import (
    SRUN,
    adopt_slurm_ranks,
    check_allocation,
    rendezvous,
    srun_command,
)
from lapa.folders.whole_file import write_whole
from lapa.stopped import StoppedError

_PATIENT = {
    # torchrun kills ranks 30 seconds after it has passed a signal on; large states take longer to save
    "TORCH_ELASTIC_SHUTDOWN_TIMEOUT": "600",
    # it does not know the signal that batch systems send ahead of time, and would die of it
    "PET_SIGNALS_TO_HANDLE": "SIGTERM,SIGINT,SIGHUP,SIGQUIT,SIGUSR1",
}
"""Environment of a torchrun that waits until its ranks have saved."""


def launch(task: str, arguments: dict[str, Any], *, devices: int = 1, nodes: int = 1) -> Any:
    """Call ``task`` on ``devices * nodes`` processes and return rank zero's result.

    One process runs here, in this interpreter. More run under ``srun`` inside a Slurm allocation
    and under ``torchrun`` elsewhere and in containers, which have no srun; the job file then lies below ``arguments["work"]`` (which
    every node can see) or, without one, in the system's temporary folder. Records, parameters and
    paths travel as JSON and arrive as what the function's annotations say.

    Args:
        task: ``"package.module:function"``.
        arguments: its keyword arguments.
        devices: processes per node.
        nodes: machines.

    Raises:
        ValueError: the Slurm allocation has another shape, or ``task`` is malformed.
        TypeError: an argument has no annotation, or one that cannot travel.
        RuntimeError: a rank failed; its own error is in the output above.
        StoppedError: the ranks were asked to stop, and have saved.
    """
    function = _resolve(task)
    if devices * nodes == 1:
        return function(**arguments)
    request = {"task": task, "arguments": arguments_to_json(function, arguments)}
    with TemporaryDirectory(dir=_shared_folder(arguments), prefix="launch-") as folder:
        job = Path(folder) / "job.json"
        job.write_text(json.dumps(request))
        command, extra = _launcher(devices, nodes)
        passed_on = signal.SIGUSR1 if command[0] == SRUN else signal.SIGTERM
        ranks = [*command, "-m", "lapa.distributed.launch", str(job)]
        code = _wait_for(ranks, extra, passed_on=passed_on)
        if _stopped_file(job).is_file():
            raise StoppedError(int(_stopped_file(job).read_text()))
        if code != 0 or not _result_file(job).is_file():
            raise RuntimeError(
                f"{task} on {nodes} x {devices} processes ended with exit code {code} and "
                f"{'a' if _result_file(job).is_file() else 'no'} result, expected 0 and a result; "
                f"the failing rank's error is printed above, unless it was stopped from outside"
            )
        return result_from_json(function, json.loads(_result_file(job).read_text()))


def _wait_for(command: list[str], extra: Mapping[str, str], *, passed_on: signal.Signals) -> int:
    """Run the launcher; whatever ends us meanwhile ends its ranks, by a signal that the launcher hands to them.

    srun kills its ranks when it gets SIGTERM, before they have saved; torchrun does not hand SIGUSR1 on unasked.
    """
    process = subprocess.Popen(command, env={**os.environ, **extra})  # noqa: S603 - no shell
    try:
        return process.wait()
    except BaseException:
        process.send_signal(passed_on)
        process.wait()
        raise


def _shared_folder(arguments: Mapping[str, Any]) -> Path | None:
    if "work" not in arguments:
        return None
    folder = Path(arguments["work"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _resolve(task: str) -> Callable[..., Any]:
    module, _, name = task.partition(":")
    if not module or not name:
        raise ValueError(f"task {task!r} is not 'package.module:function'")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _launcher(devices: int, nodes: int) -> tuple[list[str], dict[str, str]]:
    """Command that starts the ranks, and the environment variables it needs."""
    if "SLURM_JOB_ID" in os.environ:
        check_allocation(os.environ, devices=devices, nodes=nodes)
        if shutil.which(SRUN):
            return srun_command(devices, nodes), rendezvous()
    if nodes != 1:
        raise ValueError(
            f"{nodes} nodes asked for {_why_alone()}, expected 1; submit with sbatch and without a "
            f"container, or set `trainer.nodes` to 1"
        )
    torchrun = [sys.executable, "-m", "lapa.distributed.orphans", "--standalone"]
    return [*torchrun, f"--nproc-per-node={devices}"], _PATIENT


def _why_alone() -> str:
    if "SLURM_JOB_ID" in os.environ:
        return "where there is no srun (a container has none)"
    return "outside a Slurm allocation"


def _result_file(job: Path) -> Path:
    return job.with_suffix(".result.json")


def _stopped_file(job: Path) -> Path:
    return job.with_suffix(".stopped")


def _run_rank(job: Path) -> int:
    """What every rank does: read the job, call the task, let rank zero answer; returns the exit code."""
    if "TORCHELASTIC_RUN_ID" in os.environ:  # Slurm ends its ranks itself
        end_with_parent()
    adopt_slurm_ranks()
    request = json.loads(job.read_text())
    function = _resolve(request["task"])
    code = 0
    try:
        result = function(**arguments_from_json(function, request["arguments"]))
        answer = _result_file(job), json.dumps(result_to_json(function, result))
    except StoppedError as stopped:
        code = int(str(stopped.code))
        answer = _stopped_file(job), str(stopped.signum)
    if os.environ["RANK"] == "0":
        write_whole(*answer)
    _leave_together()
    return code


def _leave_together() -> None:
    """Destroy the process group when all are done, and while no model lives.

    A rank that was asked to stop leaves with a code that is not 0, at which srun kills the others: none of them
    may still have something to write. A DistributedDataParallel object alive at interpreter exit makes gloo
    abort now and then.
    """
    import torch.distributed as dist  # noqa: PLC0415 - tasks without torch stay light

    gc.collect()
    if dist.is_available() and dist.is_initialized():
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(_run_rank(Path(sys.argv[1])))
