"""``features.json`` of a TFDS dataset as a flat schema: which feature holds what, in which shape."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, bad
from lapa.data.limits import MAX_INFO_BYTES, MAX_RECORD_BYTES
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.text_file import read_text
from lapa.data.sources.rlds.tf_example import WireFeature

Kind = Literal["image", "text", "tensor"]


@dataclass(frozen=True)
class FieldSchema:
    """One leaf of the nested features."""

    kind: Kind
    dtype: str
    shape: tuple[int, ...]
    """Shape per step, or of the whole where ``per_step`` is False."""
    encoding: str
    """``none``, ``bytes`` or ``zlib`` for tensors; ``jpeg`` or ``png`` for images."""
    per_step: bool


Schema = Mapping[str, FieldSchema]
"""Leaves by their path in the record, e.g. ``steps/observation/image_0``."""


def read_schema(path: Path) -> dict[str, FieldSchema]:
    """Flatten ``features.json``.

    Raises:
        BadInputError: ``missing_features``, ``unreadable_features`` or ``absurd_dimensions``.
    """
    if not path.is_file():
        raise bad(
            "missing_features",
            "there is no features.json beside the tfrecords, so nobody knows what they hold; "
            "copy it from where the dataset came from",
            item=str(path),
        )
    text = read_text(path, max_bytes=MAX_INFO_BYTES).text
    features = parse_json(text, name=path.name, reason="unreadable_features")
    try:
        return dict(_leaves(features, "", per_step=False))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise bad(
            "unreadable_features", f"{type(error).__name__}: {error}", item=str(path)
        ) from error


def _leaves(node: Any, path: str, *, per_step: bool) -> Iterator[tuple[str, FieldSchema]]:
    if "featuresDict" in node:
        for name, child in node["featuresDict"]["features"].items():
            yield from _leaves(child, f"{path}/{name}".lstrip("/"), per_step=per_step)
    elif "sequence" in node:
        # One level of sequence is the steps; a deeper one has lengths per step and is not read.
        if not per_step:
            yield from _leaves(node["sequence"]["feature"], path, per_step=True)
    elif "image" in node:
        image = node["image"]
        encoding = str(image.get("encodingFormat", "png"))
        yield path, FieldSchema("image", "uint8", _shape(image), encoding, per_step)
    elif "text" in node:
        yield path, FieldSchema("text", "string", (), "none", per_step)
    elif "tensor" in node:
        tensor = node["tensor"]
        dtype = str(tensor["dtype"])
        kind: Kind = "text" if dtype == "string" else "tensor"
        encoding = str(tensor.get("encoding", "none"))
        yield path, FieldSchema(kind, dtype, _shape(tensor), encoding, per_step)
    elif "classLabel" in node:
        yield path, FieldSchema("tensor", "int64", (), "none", per_step)


def _shape(node: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(size) for size in node.get("shape", {}).get("dimensions", []))


def tensor_of(name: str, field: FieldSchema, feature: WireFeature) -> NDArray[Any]:
    """Return a numeric field as ``(steps, *shape)`` (``(1, *shape)`` outside the steps).

    Raises:
        BadInputError: ``wrong_shape``: the number of values does not fill the shape.
    """
    values = feature.values()
    if isinstance(values, list):
        values = _numbers(name, field, values)
    step = math.prod(field.shape)
    if step < 1 or values.size % step:
        raise bad(
            "wrong_shape",
            f"{name} holds {values.size} values, features.json says {field.shape} per step",
        )
    flat = rearrange(values, "(step value) -> step value", value=step)
    return flat.reshape(len(flat), *field.shape)


def _numbers(name: str, field: FieldSchema, values: list[bytes]) -> NDArray[Any]:
    """Decode tensors that are stored as bytes, one per step."""
    try:
        dtype = np.dtype(field.dtype).newbyteorder("<")
        size = math.prod(field.shape) * dtype.itemsize
        if len(values) * size > MAX_RECORD_BYTES:
            detail = (
                f"{name}: {len(values)} tensors of {size} bytes, expected {MAX_RECORD_BYTES} in all"
            )
            raise bad("absurd_dimensions", detail)
        if field.encoding == "zlib":
            values = [_unpacked(value, size) for value in values]
        return np.frombuffer(b"".join(values), dtype)
    except (zlib.error, ValueError, TypeError) as error:
        if isinstance(error, BadInputError):
            raise
        raise bad("corrupt_tensor", f"{name} ({field.dtype}, {field.encoding}): {error}") from error


def _unpacked(value: bytes, size: int) -> bytes:
    """Decompress a tensor of ``size`` bytes, and not a byte more than shows that it has another size."""
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(value, max(size, 0) + 1)
    if len(data) != size:
        raise ValueError(f"unpacks to {len(data)} bytes or more, expected {size}")
    return data


def texts_of(name: str, field: FieldSchema, feature: WireFeature) -> list[str]:
    """Return a text field, one per step; integer tensors are UTF-8 bytes padded with zeros.

    Language-Table stores its instructions as ``int32 (512,)``. Bytes that are not UTF-8 stay visible.
    """
    if field.kind == "text":
        values = feature.values()
        raw = values if isinstance(values, list) else []
    else:
        raw = [row.astype(np.uint8).tobytes() for row in tensor_of(name, field, feature)]
    return [text.rstrip(b"\0").decode("utf-8", errors="backslashreplace").strip() for text in raw]
