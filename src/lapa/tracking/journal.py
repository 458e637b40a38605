"""What could not be written into MLflow, in a file of this process, until it can."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, TEMPORARILY_UNAVAILABLE, ErrorCode

from lapa.folders.whole_file import write_whole
from lapa.records import digest_of
from lapa.tracking.operations import Operation, Store, carry_out
from lapa.tracking.process import is_gone, this_process

FOLDER = Path(".mlflow-away")
"""Of the journals, in the project's folder."""
_AWAY = {ErrorCode.Name(INTERNAL_ERROR), ErrorCode.Name(TEMPORARILY_UNAVAILABLE)}

logger = logging.getLogger(__name__)


def is_away(error: MlflowException | OSError) -> bool:
    """Whether a server does not answer or its database is locked; other errors are the caller's."""
    return isinstance(error, OSError) or error.error_code in _AWAY


class Journal:
    """Lines of JSON: the process that writes them, then one operation each, in the order of calling."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of_this_process(cls, uri: str) -> Journal:
        """The one for the server at ``uri``, which need not be there yet."""
        folder = folder_of(uri)
        return cls(folder / f"{digest_of([this_process(), os.getpid()])[:16]}.jsonl")

    @property
    def is_empty(self) -> bool:
        """Whether everything is delivered."""
        return not self.path.is_file()

    @property
    def owner(self) -> str:
        """Who writes it, as `this_process` says it."""
        with self.path.open() as file:
            return file.readline()

    def add(self, operation: Operation) -> None:
        """Append one, and wait for the disk."""
        is_new = self.is_empty
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            if is_new:
                file.write(this_process() + "\n")
            file.write(json.dumps(operation) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def deliver(self, store: Store, real: dict[str, str]) -> int:
        """Carry out what is written, oldest first, and forget it; return how many operations that were.

        Args:
            store: MLflow's own.
            real: ids of runs that were made while the server was away -> those it gave them; grows.

        Raises:
            MlflowException: the server is away (again); the rest is kept.
        """
        if self.is_empty:
            return 0
        lines = self.path.read_text().splitlines()[1:]
        for done, line in enumerate(lines):
            try:
                _deliver(json.loads(line), store, real)
            except (MlflowException, OSError) as error:
                if is_away(error):
                    self._keep(lines[done:], real)
                    raise
                logger.warning("MLflow refuses what was kept for it, which is lost: %s", error)
        self.path.unlink()
        return len(lines)

    def _keep(self, lines: list[str], real: dict[str, str]) -> None:
        """What is left, with the ids of runs that exist by now."""
        operations = [json.loads(line) for line in lines]
        known = [json.dumps(o | {"run_id": real.get(o["run_id"], o["run_id"])}) for o in operations]
        write_whole(self.path, "\n".join([self.owner.strip(), *known]) + "\n")


def left_behind(uri: str) -> Iterator[Journal]:
    """Journals for the server at ``uri`` whose process is gone, each claimed for this one."""
    for path in sorted(folder_of(uri).glob("*.jsonl")):
        journal = Journal(path)
        if is_gone(journal.owner):
            claimed = path.with_suffix(f".{os.getpid()}")
            try:
                path.rename(claimed)
            except FileNotFoundError:  # another command was faster
                continue
            yield Journal(claimed)
            if claimed.exists():  # the server is away again: the next command tries
                claimed.rename(path)


def _deliver(operation: Operation, store: Store, real: dict[str, str]) -> None:
    run_id: str = operation["run_id"]
    real[run_id] = carry_out(operation, store, run_id=real.get(run_id, run_id))


def folder_of(uri: str) -> Path:
    """Where everything waits that is meant for MLflow at ``uri``."""
    return FOLDER / digest_of(uri)[:12]
