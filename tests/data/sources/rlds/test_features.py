"""Packed tensors are unpacked as far as their schema says, and no further."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.sources.rlds.features import FieldSchema, tensor_of
from lapa.data.sources.rlds.tf_example import parse_example
from toys.hostile.memory import peak_megabytes
from toys.tf_examples import example

FIELD = FieldSchema("tensor", "float32", (2, 3), "zlib", per_step=True)


def test_packed_tensors_are_read() -> None:
    steps = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    feature = parse_example(example({"a": [zlib.compress(step.tobytes()) for step in steps]}))["a"]
    np.testing.assert_array_equal(tensor_of("a", FIELD, feature), steps)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(400_000_000), level=1)
    feature = parse_example(example({"a": [bomb]}))["a"]

    def refused() -> None:
        with pytest.raises(BadInputError, match="unpacks to 25 bytes or more, expected 24"):
            tensor_of("a", FIELD, feature)

    assert peak_megabytes(refused)[1] < 50


def test_a_shape_that_no_memory_holds_is_refused() -> None:
    field = FieldSchema("tensor", "float32", (1 << 40,), "zlib", per_step=True)
    feature = parse_example(example({"a": [zlib.compress(bytes(24))]}))["a"]
    with pytest.raises(BadInputError, match="absurd_dimensions"):
        tensor_of("a", field, feature)
