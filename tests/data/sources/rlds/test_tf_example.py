"""Wire format: all three lists, packed and not, negative integers, NUL bytes."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.sources.rlds.tf_example import parse_example
from toys.tf_examples import example


@pytest.mark.parametrize("packed", [True, False])
def test_all_kinds_round_trip(packed: bool) -> None:
    floats = np.array([0.5, -3.25, 1e30, np.pi], np.float32)
    integers = np.array([0, 1, 127, 128, 300, -1, 2**62, -(2**63)], np.int64)
    texts = [b"a\0\0", "käse".encode(), b""]
    features = parse_example(example({"f": floats, "i": integers, "b": texts}, packed=packed))
    np.testing.assert_array_equal(features["f"].values(), floats)
    np.testing.assert_array_equal(features["i"].values(), integers)
    assert features["b"].values() == texts, "trailing NUL bytes are data"


def test_many_integers() -> None:
    integers = np.random.default_rng(0).integers(-(2**40), 2**40, 5000)
    values = parse_example(example({"i": integers}))["i"].values()
    np.testing.assert_array_equal(values, integers)


def test_empty_message_and_empty_feature() -> None:
    assert parse_example(b"") == {}
    assert len(parse_example(example({"f": np.empty(0, np.float32)}))["f"].values()) == 0


@pytest.mark.parametrize("data", [b"\x0a\xff\xff", b"\xff\xff\xff", b"<html>"])
def test_other_bytes_are_named(data: bytes) -> None:
    with pytest.raises(BadInputError, match="not_an_example"):
        parse_example(data)


def test_more_values_than_any_episode_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.data.sources.rlds.tf_example.MAX_PARTS", 3)
    monkeypatch.setattr("lapa.data.sources.rlds.tf_example.MAX_VARINT_BYTES", 3)
    features = parse_example(example({"texts": ["a"] * 4, "numbers": np.arange(4)}))
    with pytest.raises(BadInputError, match="over 3 values one by one"):
        features["texts"].values()
    with pytest.raises(BadInputError, match="4 bytes of packed integers"):
        features["numbers"].values()
    with pytest.raises(BadInputError, match="over 3 values one by one"):
        parse_example(example({str(number): "a" for number in range(4)}))
