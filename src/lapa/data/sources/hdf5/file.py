"""Reading untrusted HDF5 files: named errors, shapes checked before any array is loaded.

A file may say that a part of it lies in another file: external links, external storage, virtual datasets.
Whoever wrote it would then choose which files of this machine are read, so each is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lapa.data.bad_input import BadInputError, bad
from lapa.data.limits import MAX_CHUNK_BYTES, MAX_LINKS
from lapa.data.sources.base.rows import Rows, check_shape, float_rows

DAMAGE = (OSError, RuntimeError, KeyError, UnicodeDecodeError)
"""What h5py raises from flipped bytes, depending on which structure they hit."""


@contextmanager
def opened_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open a file for reading.

    Raises:
        BadInputError: missing, empty, truncated or not HDF5; also when a read inside fails.
    """
    try:
        with h5py.File(path, "r") as file:
            yield file
    except FileNotFoundError as error:
        raise bad("missing_file", "the HDF5 file does not exist", item=str(path)) from error
    except DAMAGE as error:
        raise bad("broken_hdf5", f"{type(error).__name__}: {error}", item=str(path)) from error


def member(group: h5py.Group, name: str, *, links: int = 0) -> h5py.Group | h5py.Dataset | None:
    """Return what lies at a path below ``group``, or None; nothing outside the file is ever opened.

    Args:
        group: where the path begins.
        name: the path, with ``/``.
        links: how many were followed to get here.

    Raises:
        BadInputError: ``external_hdf5``; ``broken_hdf5``: links without an end; ``absurd_dimensions``.
    """
    item: Any = group
    parts = [part for part in name.split("/") if part not in ("", ".")]
    while parts:
        part = parts.pop(0)
        link = item.get(part, getlink=True) if isinstance(item, h5py.Group) else None
        if isinstance(link, h5py.ExternalLink):
            raise _external(f"{item.name}/{part} is a link into {link.filename!r}")
        if isinstance(link, h5py.SoftLink):
            links = _one_more(links, f"{group.name}/{name}")
            parts = [step for step in link.path.split("/") if step not in ("", ".")] + parts
            item = item.file if link.path.startswith("/") else item
        elif link is None:
            return None
        else:
            item = item[part]
    if isinstance(item, h5py.Dataset):
        _check_storage(item, links)
    return item


def _one_more(links: int, name: str) -> int:
    if links >= MAX_LINKS:
        raise bad("broken_hdf5", f"{name}: over {MAX_LINKS} links in a row")
    return links + 1


def _check_storage(dataset: h5py.Dataset, links: int) -> None:
    """Refuse what lies elsewhere, and chunks of which one would fill the memory.

    The parts of a virtual dataset are looked up as any other path: they may lead outside in their turn.
    """
    sources = dataset.virtual_sources() if dataset.is_virtual else []
    files = [str(entry[0]) for entry in dataset.external or ()]
    files += [entry.file_name for entry in sources if entry.file_name != "."]
    if files:
        raise _external(f"{dataset.name} is stored in {files}")
    for part in {entry.dset_name for entry in sources}:
        if "%" in part or member(dataset.file, part, links=_one_more(links, dataset.name)) is None:
            raise bad(
                "broken_hdf5", f"{dataset.name} is made of {part!r}, which is not in the file"
            )
    unpacked = math.prod(dataset.chunks or ()) * dataset.dtype.itemsize
    if unpacked > MAX_CHUNK_BYTES:
        detail = f"{dataset.name}: chunks of {unpacked} bytes, expected at most {MAX_CHUNK_BYTES}"
        raise bad("absurd_dimensions", f"{detail}; store it in chunks of single frames")


def _external(place: str) -> BadInputError:
    return bad("external_hdf5", f"{place}, outside this file; refused, copy the values into it")


def group_at(group: h5py.Group, name: str) -> h5py.Group:
    """Return a group by path.

    Raises:
        BadInputError: ``missing_columns``: there is none; ``external_hdf5``.
    """
    item = member(group, name)
    if not isinstance(item, h5py.Group):
        detail = f"no group {name!r} in {group.name!r}, which holds {sorted(group)}"
        raise bad("missing_columns", detail)
    return item


def dataset_at(group: h5py.Group, name: str) -> h5py.Dataset:
    """Return a dataset by path.

    Raises:
        BadInputError: ``missing_columns``: there is none, the message lists what the group holds;
            ``external_hdf5``.
    """
    item = member(group, name)
    if not isinstance(item, h5py.Dataset):
        detail = f"no dataset {name!r} in {group.name!r}, which holds {sorted(group)}"
        raise bad("missing_columns", detail)
    return item


def read_rows(group: h5py.Group, name: str) -> Rows:
    """Read ``float32 (frame, dimension)``; the shape is checked before the data is read."""
    dataset = dataset_at(group, name)
    check_shape(dataset.shape, f"{group.name}/{name}")
    return float_rows(dataset[()], f"{group.name}/{name}")


def read_bytes(group: h5py.Group, name: str) -> bytes:
    """Read a ``uint8 (bytes,)`` dataset, e.g. an embedded mp4.

    Raises:
        BadInputError: another shape or type, or more bytes than the file holds.
    """
    dataset = dataset_at(group, name)
    described = f"{group.name}/{name}: {dataset.dtype} {dataset.shape}"
    if dataset.ndim != 1 or dataset.dtype != np.uint8:
        raise bad("wrong_shape", f"{described}, expected the bytes of a video, uint8 (bytes,)")
    if dataset.size > 2 * (held := Path(group.file.filename).stat().st_size):
        # videos do not shrink any further, so what is larger than its file was never written
        raise bad("absurd_dimensions", f"{described}, but the file itself has {held} bytes")
    data: bytes = dataset[()].tobytes()
    return data


def plain(value: Any) -> Any:
    """Return an HDF5 attribute as a JSON-able value."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


def attributes(group: h5py.Group) -> Mapping[str, Any]:
    """Return all attributes of a group as JSON-able values."""
    return {key: plain(value) for key, value in group.attrs.items()}
