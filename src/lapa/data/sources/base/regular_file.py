"""Files that are files: a device or a pipe under a recording's name would be read for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from lapa.data.bad_input import bad


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading, without waiting for anybody to write to it.

    Raises:
        FileNotFoundError: there is none.
        BadInputError: ``not_a_file``: a device, a pipe, or a link to one.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise bad("not_a_file", f"{path.name} is a device, a pipe or a folder, expected a file")
    return open(descriptor, "rb")


def read_bytes(path: Path, *, max_bytes: int) -> bytes:
    """Return the content of a file, if it has at most ``max_bytes``.

    Raises:
        FileNotFoundError: there is none.
        BadInputError: ``not_a_file``, or ``absurd_dimensions``: larger.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(max_bytes + 1) if size <= max_bytes else b""
    if max(size, len(data)) > max_bytes:
        detail = f"{path.name} has {size} bytes, expected at most {max_bytes}"
        raise bad("absurd_dimensions", detail)
    return data
