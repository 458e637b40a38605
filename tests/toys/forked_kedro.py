"""`kedro run` in a process of its own that has its imports already: they cost more than a toy run."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lapa.studies.children import PRELOADED


def run_forked(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` of this command with its output captured.

    Raises:
        subprocess.TimeoutExpired: it takes longer than ``timeout`` seconds; it is killed.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    with TemporaryDirectory() as name:
        streams = Path(name, "stdout"), Path(name, "stderr")
        given = list(command), str(cwd), dict(env), *map(str, streams)
        process = context.Process(target=_kedro, args=given)
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(command), timeout)
        out, err = (stream.read_text() for stream in streams)
    assert process.exitcode is not None
    return subprocess.CompletedProcess(list(command), process.exitcode, out, err)


def _kedro(command: list[str], cwd: str, env: dict[str, str], stdout: str, stderr: str) -> None:
    for descriptor, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = command
    from kedro.framework.cli.cli import main  # it looks at the folder it is imported in

    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a forked process leaves them out
