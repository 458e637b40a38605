"""Samples to tars through webdataset's `ShardWriter`, so that the same contents give the same bytes.

Left to itself it writes the time of writing and an owner's name into every header, prints a line a tar, and leaves a
tar that it was given open, so that a full disk would go unnoticed. Here time and owner are constants, and every tar is
closed, on the disk, before the next one begins. That a folder of tars appears whole or not at all is not its business:
`lapa.data.export.publish` wraps it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import webdataset as wds

from lapa.folders.full_disk import told_when_full

KEY = "__key__"
"""What webdataset calls the name of a sample, without dots; the other names are endings of its members."""
Sample = Mapping[str, str | bytes]
NAME = "%06d.tar"


def write_samples(
    folder: Path,
    samples: Iterable[Sample],
    *,
    per_tar: int,
) -> list[str]:
    """Write ``000000.tar`` … into ``folder`` and return their names.

    Args:
        folder: is there, and holds no tars.
        samples: members by ending, in bytes; `webdataset` sorts them by ending.
        per_tar: samples of a tar at most.

    Raises:
        DiskFullError: a tar did not fit.
    """
    names: list[str] = []
    with told_when_full(folder), ExitStack() as held:
        files: list[IO[bytes]] = []

        def opened(name: str) -> IO[bytes]:
            names.append(name)
            files.append(held.enter_context((folder / name).open("wb")))
            return files[-1]

        def closed(name: str) -> None:
            file = files.pop()
            file.flush()
            os.fsync(file.fileno())
            file.close()

        writer = wds.ShardWriter(
            NAME,
            maxcount=per_tar,
            maxsize=float("inf"),
            opener=opened,
            post=closed,
            verbose=0,
            encoder=False,
            mtime=0,
            user="",
            group="",
            mode=0o644,
        )
        with writer:
            for sample in samples:
                writer.write(sample)
    return names
