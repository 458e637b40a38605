"""msgpack with arrays: the bytes are those of openpi's client, and nothing but numbers comes in."""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
import pytest

from lapa.serving.numpy_messages import pack, unpack
from lapa.serving.refusal import RequestError

OPENPI = bytes.fromhex(
    "82a5737461746584c40b5f5f6e6461727261795f5fc3c40464617461c408000000000000803fc4056474797065a33c66"
    "34c40573686170659102a17083c40d5f5f6e7067656e657269635f5fc3c40464617461cb3ff8000000000000c4056474"
    "797065a33c6634"
)
"""``{"state": np.array([0, 1], np.float32), "p": np.float32(1.5)}`` as openpi-client 0.1.2 packs it."""


def array(**changes: Any) -> bytes:
    fields = {"__ndarray__": True, "data": bytes(8), "dtype": "<f4", "shape": [2]} | changes
    return msgpack.packb({key.encode(): value for key, value in fields.items()})


def test_the_bytes_of_openpis_client_are_read() -> None:
    message = unpack(OPENPI)
    assert message["state"].dtype == np.float32
    assert message["state"].tolist() == [0.0, 1.0]
    assert message["p"] == 1.5


def test_arrays_are_written_as_openpis_client_writes_them() -> None:
    state = np.array([0, 1], np.float32)
    assert pack({"state": state}) == b"\x81" + OPENPI[1 : OPENPI.index(b"\xa1p")]


@pytest.mark.parametrize("dtype", ["|u1", "<f4", ">f4", "<f8", "<i8", "|b1", "<f2"])
def test_numbers_come_back(dtype: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(dtype)
    back = unpack(pack(values))
    assert back.dtype == values.dtype.newbyteorder("=")
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize(
    "dtype", ["|O", "<U4", "|S4", "|V8", "<M8[s]", "<c8", "f4,f4", "<f3", b"<f4", 3]
)
def test_what_are_no_plain_numbers_is_refused(dtype: object) -> None:
    with pytest.raises(RequestError, match="dtype") as refused:
        unpack(array(dtype=dtype))
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [3]},
        {"shape": [-2]},
        {"shape": [2.0]},
        {"shape": [True, 2]},
        {"shape": 2},
        {"shape": [1, 1, 1, 1, 2]},
        {"shape": [2**62, 2**62]},
        {"data": "text"},
        {"data": None},
    ],
)
def test_shapes_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as refused:
        unpack(array(**changes))
    assert refused.value.status == 422


def test_objects_are_not_sent() -> None:
    with pytest.raises(TypeError, match="object cannot be sent"):
        pack({"a": object()})
