"""One writer per output folder: a lock file that names its owner; and one process at a time, for a moment."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class OutputLockedError(RuntimeError):
    """Another process writes this output."""

    def __init__(self, message: str, *, owner: str = "") -> None:
        """Say so.

        Args:
            message: whole.
            owner: of the lock, ``process 12 on HOST``.
        """
        super().__init__(message)
        self.owner = owner


_NO_JOB = "-"


@contextmanager
def output_lock(folder: Path) -> Iterator[None]:
    """Hold ``<folder>/.lock``; a lock whose owner is gone is taken over.

    Gone is a process that died on this machine, and one of this very Slurm job on another: a job that
    is requeued keeps its number and often not its node.

    Raises:
        OutputLockedError: a living process, or one on another machine, holds it.
    """
    path = folder / ".lock"
    owner = f"{os.getpid()} {socket.gethostname()} {os.environ.get('SLURM_JOB_ID', _NO_JOB)}"
    _claim(path, owner)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for others inside, and hold the folder itself, so that no lock file stays; released if the process dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _claim(path: Path, owner: str) -> None:
    # the content is complete before the name exists: a reader never sees an empty lock
    draft = path.with_name(f".lock.{os.getpid()}")
    draft.write_text(owner)
    try:
        while True:
            try:
                os.link(draft, path)
            except FileExistsError:
                _take_over(path)
            else:
                return
    finally:
        draft.unlink()


def _take_over(path: Path) -> None:
    try:
        content = path.read_text()
    except FileNotFoundError:
        return
    pid, host, job = (*content.split(), _NO_JOB)[:3]
    here = host == socket.gethostname()
    requeued = not here and job != _NO_JOB and job == os.environ.get("SLURM_JOB_ID")
    if requeued or (here and not _is_alive(int(pid))):
        _remove_stale(path, content)
        return
    owner = f"process {pid} on {host}"
    raise OutputLockedError(
        f"{path.parent} is being written by {owner}; expected no other writer: wait "
        f"for it, choose another output, or delete {path} if that process is gone",
        owner=owner,
    )


def _remove_stale(path: Path, content: str) -> None:
    """Remove a dead owner's lock; of several heirs only one renames it, the others find it gone."""
    stale = path.with_name(f".lock.stale.{os.getpid()}")
    try:
        path.rename(stale)
    except FileNotFoundError:
        return
    if stale.read_text() != content:  # a faster heir's fresh lock was caught: give it back
        os.link(stale, path)
    stale.unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
