"""Facts of the running process that a report shows: command, commit, environment, time."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mlflow.utils.git_utils import get_git_commit

from lapa.evaluation.report.run_facts import UNKNOWN, RunFacts


def current_run(run: str, *, seed: int) -> RunFacts:
    """Describe the run that this process carries out.

    Args:
        run: its name.
        seed: of the evaluation.
    """
    return RunFacts(
        run=run,
        environment=environment_of(sys.argv[1:]),
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        commit=get_git_commit(str(Path.cwd())) or UNKNOWN,
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        seed=seed,
    )


def environment_of(arguments: Sequence[str]) -> str:
    """The ``--env`` of a command line, else KEDRO_ENV, else the default."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--env="):
            return argument.removeprefix("--env=")
        if argument in ("--env", "-e") and position + 1 < len(arguments):
            return arguments[position + 1]
    return os.environ.get("KEDRO_ENV", "base")
