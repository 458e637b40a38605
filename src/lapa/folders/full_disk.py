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

OS_ERROR: Final = re.compile(r"os error (\d+)")
"""How libraries written in Rust, safetensors among them, name the number of an error."""


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
    except Exception as error:
        number = _full(error)
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
