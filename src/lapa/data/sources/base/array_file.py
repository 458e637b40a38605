"""NumPy's files, whose headers promise how much memory to ask for: believed as far as the bytes are there."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.limits import MAX_NPZ_BYTES
from lapa.data.sources.base.regular_file import open_regular


def read_array(path: Path) -> NDArray[Any]:
    """Return the array of a ``.npy`` file.

    Raises:
        OSError, ValueError: it is no such file, or holds Python objects.
        BadInputError: ``absurd_dimensions``.
    """
    with open_regular(path) as file:
        return _read(file, path.stat().st_size, path.name)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file by name.

    Raises:
        Exception: of many kinds, for damaged bytes (zip, zlib, NumPy).
        BadInputError: ``absurd_dimensions``.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        _require(sum(member.file_size for member in members), path.name)
        return {
            member.filename.removesuffix(".npy"): _member(archive, member, path)
            for member in members
        }


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    with archive.open(member) as file:
        return _read(file, member.file_size, f"{path.name}: {member.filename}")


def _read(file: IO[bytes], size: int, name: str) -> NDArray[Any]:
    """Read an array from a file of ``size`` bytes; nothing is allocated before its header is checked."""
    _require(size, name)
    version = np.lib.format.read_magic(file)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, is_fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError(f"{name} holds Python objects, expected numbers or texts")
    claimed = math.prod(shape) * dtype.itemsize
    if claimed > size:
        detail = f"{name}: the header says {shape} of {dtype}, {claimed} bytes, the file has {size}"
        raise bad("absurd_dimensions", f"{detail}; it was cut off, or its header lies")
    data = bytearray(file.read(claimed))  # arrays over bytes could not be written to
    flat = np.frombuffer(data, dtype) if claimed else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if is_fortran else "C")


def _require(size: int, name: str) -> None:
    if size > MAX_NPZ_BYTES:
        detail = f"{name}: {size} bytes unpacked, expected at most {MAX_NPZ_BYTES}"
        raise bad("absurd_dimensions", detail)
