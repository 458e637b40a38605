"""A disk that fills while something is saved: which file, how much was free, and what to do."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No space left, a quota that is used up, a file larger than the process may write."""

OS_ERROR: Final = re.compile(r"(?:os error |\[Errno )(\d+)")
"""How libraries written in Rust, safetensors among them, name the number of an error, and copies of many files."""


_TORCH: Final = re.compile(r"unexpected pos \d+|iostream error")
"""What torch says where it writes by itself, or in another process: the number of the error is lost."""
_PROBE: Final = 1 << 20
"""Bytes that are tried then; a full disk has not even these."""


class DiskFullError(OSError):
    """A file could not be written whole; what was there before is still there."""


@contextmanager
def told_when_full(path: Path) -> Iterator[None]:
    """Turn what libraries raise when ``path`` does not fit on its disk into one sentence.

    torch says "unexpected pos 42048" and safetensors names no file.

    Raises:
        DiskFullError: naming the file and the bytes that are free; every other error stays as it is.
    """
    try:
        yield
    except DiskFullError:  # who is nearer to it knows which file
        raise
    except Exception as error:
        number = _full(error) or _probed(error, path.parent)
        if number is None:
            raise
        free = shutil.disk_usage(path.parent).free
        raise DiskFullError(
            f"{path} could not be written ({os.strerror(number)}): {free / 1e6:.1f} MB are free on its disk. "
            "Nothing that was complete is lost; free space or raise the quota (`df`, `quota`, `ulimit -f`), "
            "then give the same command again"
        ) from error


def _full(error: BaseException | None) -> int | None:
    """Return the error number of a full disk from an exception or what led to it; None for others."""
    while error is not None:
        match = OS_ERROR.search(str(error))
        number = int(match[1]) if match else getattr(error, "errno", None)
        if number in FULL:
            return number
        error = error.__cause__ or error.__context__
    return None


def _probed(error: Exception, folder: Path) -> int | None:
    """The error number of a full disk, where torch's words may mean one and nothing else can be written either."""
    if not _TORCH.search(str(error)):
        return None
    probe = folder / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(bytes(_PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as found:
        return found.errno if found.errno in FULL else None
    finally:
        probe.unlink(missing_ok=True)
    return None
