"""An exported folder appears under its name when it is complete, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lapa.folders.full_disk import told_when_full


@contextmanager
def published(out: Path) -> Iterator[Path]:
    """Give a folder to write into, and move it to ``out`` at the end.

    The folder lies beside ``out``, so the move is atomic; making it fails where another
    export to the same place is under way. After an error it is removed.

    Raises:
        FileExistsError: ``out`` exists, or an export to it is under way.
        DiskFullError: what is written does not fit.
    """
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another folder, or remove it")
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.mkdir(parents=True)
    except FileExistsError as error:
        detail = "is another export running? If not, remove it"
        raise FileExistsError(f"{partial} exists: {detail}") from error
    try:
        with told_when_full(out):
            yield partial
        os.rename(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
