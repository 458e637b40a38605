"""msgpack with numpy arrays in it, byte for byte as openpi's client writes them; nothing is ever unpickled.

An array is a map ``{b"__ndarray__": True, b"data": bytes, b"dtype": "<f4", b"shape": [2, 3]}``, a numpy scalar
``{b"__npgeneric__": True, b"data": 1.5, b"dtype": "<f8"}``.

Source: openpi-client 0.1.2, ``openpi_client/msgpack_numpy.py``.
"""

from __future__ import annotations

import math
import re
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from lapa.serving.refusal import RequestError

MAX_CONTAINERS = 10_000
"""Lists and maps of one message: an empty one is a byte on the wire and fifty in memory."""
MAX_KEYS = 1_000
"""Of one map; an observation has three."""
MAX_DIMENSIONS = 4
_DTYPE = re.compile(r"[<>=|][buif][1248]", re.ASCII)
"""Plain numbers; no objects, no texts, no structures."""


def pack(message: Any) -> bytes:
    """Bytes of a message whose arrays are numeric."""
    packed: bytes = msgpack.packb(message, default=_packed)
    return packed


def unpack(data: bytes) -> Any:
    """Read a message.

    Raises:
        RequestError: 400 for bytes that are no msgpack, too deep or too many parts; 422 for an array
            whose dtype, shape or size is wrong.
    """
    parts = _Parts()
    try:
        return msgpack.unpackb(
            data, object_hook=parts.of_map, list_hook=parts.of_list, max_map_len=MAX_KEYS
        )
    except RequestError:
        raise
    except (ValueError, TypeError, msgpack.UnpackException, RecursionError) as error:
        raise RequestError(400, f"the message is no msgpack: {_short(error)}") from error


def _packed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {
            b"__ndarray__": True,
            b"data": value.tobytes(),
            b"dtype": value.dtype.str,
            b"shape": value.shape,
        }
    raise TypeError(
        f"a {type(value).__name__} cannot be sent; expected numpy arrays and plain values"
    )


class _Parts:
    """Counts the parts of one message while it is read, and makes arrays of those that are arrays."""

    def __init__(self) -> None:
        self._count = 0

    def of_list(self, values: list[Any]) -> list[Any]:
        self._one_more()
        return values

    def of_map(self, values: dict[Any, Any]) -> Any:
        self._one_more()
        if b"__ndarray__" in values:
            return _array(values)
        return _number(values) if b"__npgeneric__" in values else values

    def _one_more(self) -> None:
        self._count += 1
        if self._count > MAX_CONTAINERS:
            raise RequestError(
                400, f"the message has more than {MAX_CONTAINERS} lists and maps; send arrays"
            )


def _array(values: dict[Any, Any]) -> NDArray[Any]:
    dtype, shape, data = _dtype(values), values.get(b"shape"), values.get(b"data")
    sides = shape if isinstance(shape, list) else []
    plain = all(type(side) is int and 0 <= side < 1 << 31 for side in sides)
    if not isinstance(shape, list) or not plain or len(sides) > MAX_DIMENSIONS:
        raise RequestError(
            422, f"array: expected a shape of at most {MAX_DIMENSIONS} whole numbers"
        )
    size = math.prod(sides) * dtype.itemsize
    if not isinstance(data, bytes) or len(data) != size:
        length = len(data) if isinstance(data, bytes) else "no"
        raise RequestError(
            422, f"array: found {length} bytes, expected {size} for {dtype} {tuple(sides)}"
        )
    return np.frombuffer(data, dtype).reshape(sides).astype(dtype.newbyteorder("="), copy=False)


def _number(values: dict[Any, Any]) -> int | float | bool:
    dtype, value = _dtype(values), values.get(b"data")
    if not isinstance(value, int | float):
        raise RequestError(422, f"number: found {type(value).__name__}, expected a {dtype}")
    return value


def _dtype(values: dict[Any, Any]) -> np.dtype[Any]:
    name = values.get(b"dtype")
    if not isinstance(name, str) or not _DTYPE.fullmatch(name):
        shown = name[:20] if isinstance(name, str | bytes) else type(name).__name__
        raise RequestError(
            422, f"array: found the dtype {shown!r}, expected plain numbers such as '|u1' or '<f4'"
        )
    try:
        return np.dtype(name)
    except TypeError as error:
        raise RequestError(422, f"array: numpy knows no dtype {name!r}") from error


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
