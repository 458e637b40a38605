"""Motion of pairs kept on disk: it is the same for every quantiser, and takes longer than all analyses."""

from __future__ import annotations

import logging
import os
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np

from lapa.evaluation.codes.pair_table import PairMotion
from lapa.folders.full_disk import told_when_full

log = logging.getLogger(__name__)
COLUMNS = tuple(column.name for column in fields(PairMotion))


def write_motion(motion: PairMotion, path: Path) -> None:
    """Write ``path`` (``.npz``, one array a column), as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with told_when_full(path), partial.open("wb") as file:
        np.savez(file, **{name: getattr(motion, name) for name in COLUMNS})
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_motion(path: Path, pairs: int) -> PairMotion | None:
    """Read what `write_motion` wrote.

    Returns:
        None where there is no such file, or it is damaged or of another number of pairs: then a warning names it.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as columns:
            motion = PairMotion(**{name: columns[name] for name in COLUMNS})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("flow is seen again: %s is damaged (%s)", path, error)
        return None
    if len(motion.magnitude) != pairs:
        log.warning(
            "flow is seen again: %s holds %d pairs, not %d", path, len(motion.magnitude), pairs
        )
        return None
    return motion
