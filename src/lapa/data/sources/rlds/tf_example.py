"""``tf.train.Example`` from its protobuf wire bytes, without TensorFlow or protobuf.

The messages (https://github.com/tensorflow/tensorflow, ``core/example/feature.proto``)::

    Example   { Features features = 1; }
    Features  { map<string, Feature> feature = 1; }          # entries { key = 1; value = 2; }
    Feature   { oneof { BytesList = 1; FloatList = 2; Int64List = 3; } }
    *List     { repeated value = 1; }                        # floats and ints packed or not
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.limits import MAX_PARTS, MAX_VARINT_BYTES

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
BYTES_LIST: Final = 1
FLOAT_LIST: Final = 2

FeatureValues = list[bytes] | NDArray[np.float32] | NDArray[np.int64]
"""What one feature holds; all values of an episode, flattened."""


class WireFeature(NamedTuple):
    """One feature, still in wire format: only the asked ones are ever converted."""

    kind: int
    payload: memoryview

    def values(self) -> FeatureValues:
        """Convert to bytes, ``float32 (n,)`` or ``int64 (n,)``.

        Raises:
            BadInputError: ``not_an_example``.
        """
        try:
            if self.kind == BYTES_LIST:
                return [bytes(value) for value in _repeated(self.payload)]
            return _floats(self.payload) if self.kind == FLOAT_LIST else _integers(self.payload)
        except (IndexError, ValueError) as error:
            detail = f"{len(self.payload)} bytes are no list of values: {error}"
            raise bad("not_an_example", detail) from error


def parse_example(data: bytes) -> dict[str, WireFeature]:
    """Return the features of one serialised Example by name, not converted yet.

    Raises:
        BadInputError: ``not_an_example``: the bytes are no such message.
    """
    try:
        features: dict[str, WireFeature] = {}
        for number, _, message in _fields(memoryview(data)):
            if number == 1:
                features.update(map(_entry, _repeated(message)))
    except (IndexError, ValueError) as error:
        raise bad(
            "not_an_example", f"{len(data)} bytes are no tf.train.Example: {error}"
        ) from error
    return features


def _entry(entry: memoryview) -> tuple[str, WireFeature]:
    parts = {number: value for number, _, value in _fields(entry)}
    name = bytes(parts[1]).decode() if 1 in parts else ""
    for kind, _, payload in _fields(parts.get(2, memoryview(b""))):
        return name, WireFeature(kind, payload)
    return name, WireFeature(BYTES_LIST, memoryview(b""))


def _repeated(message: memoryview) -> Iterator[memoryview]:
    """Yield the payloads of field 1, which is all that these messages repeat."""
    values = (value for number, _, value in _fields(message) if number == 1)
    for count, value in enumerate(values, start=1):
        if count > MAX_PARTS:
            raise ValueError(f"over {MAX_PARTS} values one by one")
        yield value


def _fields(message: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield (field number, wire type, payload) of one message; varints come as their bytes."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire = tag >> 3, tag & 7
        if wire == BYTES:
            length, position = _varint(message, position)
        elif wire == VARINT:
            length = _varint(message, position)[1] - position
        elif wire in (FIXED32, FIXED64):
            length = 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire} at byte {position}")
        if position + length > len(message):
            raise ValueError(f"field {number} needs {length} bytes, {len(message) - position} left")
        yield number, wire, message[position : position + length]
        position += length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Return (value, position after it)."""
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _floats(message: memoryview) -> NDArray[np.float32]:
    parts = [np.frombuffer(value, "<f4") for value in _repeated(message)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _integers(message: memoryview) -> NDArray[np.int64]:
    parts = [_varints(value) for value in _repeated(message)]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _varints(packed: memoryview) -> NDArray[np.int64]:
    """Decode back-to-back varints; vectorised, because token-like fields hold thousands."""
    if not len(packed):
        return np.empty(0, np.int64)
    if len(packed) > MAX_VARINT_BYTES:
        raise ValueError(f"{len(packed)} bytes of packed integers, expected {MAX_VARINT_BYTES}")
    data = np.frombuffer(packed, np.uint8)
    ends = np.flatnonzero(data < 0x80)
    starts = np.concatenate([[0], ends[:-1] + 1])
    place = np.arange(len(data)) - np.repeat(starts, ends - starts + 1)
    bits = (data & 0x7F).astype(np.uint64) << (7 * place).astype(np.uint64)
    return np.bitwise_or.reduceat(bits, starts).view(np.int64)
