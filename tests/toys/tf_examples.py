"""Serialized tf.train.Example records, written without TensorFlow."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def example(features: Mapping[str, Any], *, packed: bool = True) -> bytes:
    """Serialise a tf.train.Example of bytes, str, float and int features."""
    entries = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, _feature(value, packed)))
        for name, value in features.items()
    )
    return _field(1, entries)


def _feature(value: Any, packed: bool) -> bytes:
    if isinstance(value, (bytes, str)):
        value = [value]
    if isinstance(value, list) and value and isinstance(value[0], (bytes, str)):
        parts = [part.encode() if isinstance(part, str) else part for part in value]
        return _field(1, b"".join(_field(1, part) for part in parts))
    array = np.asarray(value)
    if np.issubdtype(array.dtype, np.floating):
        floats = [struct.pack("<f", number) for number in array.ravel()]
        loose = b"".join(_varint(1 << 3 | 5) + part for part in floats)
        return _field(2, _field(1, b"".join(floats)) if packed else loose)
    integers = [_varint(int(number)) for number in array.ravel()]
    loose = b"".join(_varint(1 << 3) + part for part in integers)
    return _field(3, _field(1, b"".join(integers)) if packed else loose)
