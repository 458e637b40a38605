"""Images: round trips, and headers that lie."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
import simplejpeg

from lapa.data.bad_input import BadInputError
from lapa.data.media.jpeg import decode_image, decode_jpeg, image_size
from lapa.jpeg import encode_jpeg


@pytest.fixture
def image() -> np.ndarray:
    rows, columns = np.mgrid[0:40, 0:60]
    return np.stack([rows * 5, columns * 4, rows + columns], axis=-1).astype(np.uint8)


def reason(data: bytes) -> str:
    with pytest.raises(BadInputError) as caught:
        decode_image(data)
    return caught.value.record.reason


def test_jpeg_round_trip_is_close_and_rgb(image: np.ndarray) -> None:
    data = encode_jpeg(image, quality=95)
    assert image_size(data) == (40, 60)
    decoded = decode_image(data)
    assert decoded.shape == (40, 60, 3)
    assert np.abs(decoded.astype(int) - image).mean() < 2


def test_quality_is_a_parameter(image: np.ndarray) -> None:
    assert len(encode_jpeg(image, quality=30)) < len(encode_jpeg(image, quality=95))


@pytest.mark.parametrize("subsampling", ["444", "420"])
def test_color_resolution_is_a_parameter(image: np.ndarray, subsampling: str) -> None:
    data = encode_jpeg(image, subsampling=subsampling)
    assert simplejpeg.decode_jpeg_header(data)[3] == subsampling


def test_png_is_exact(image: np.ndarray) -> None:
    data = cv2.imencode(".png", image[..., ::-1])[1].tobytes()
    assert image_size(data) == (40, 60)
    np.testing.assert_array_equal(decode_image(data), image)


def test_absurd_png_is_refused_by_its_header(image: np.ndarray) -> None:
    data = cv2.imencode(".png", image)[1].tobytes()
    assert reason(data[:16] + struct.pack(">II", 30000, 30000) + data[24:]) == "absurd_dimensions"


def test_absurd_jpeg_is_refused_by_its_header(image: np.ndarray) -> None:
    data = bytearray(encode_jpeg(image))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", 30000, 30000)
    assert reason(bytes(data)) == "absurd_dimensions"


def test_damage_is_named(image: np.ndarray) -> None:
    data = encode_jpeg(image)
    assert reason(b"") == "empty_image"
    assert reason(b"<html>not an image") == "unknown_image"
    assert reason(data[: len(data) // 2]) == "corrupt_image"
    assert reason(data[:8]) == "corrupt_image"
    with pytest.raises(BadInputError):
        decode_jpeg(data[:-40])
