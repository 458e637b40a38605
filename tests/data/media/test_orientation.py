"""Stored and shown orientation: the eight of EXIF, in images and in display matrices."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from lapa.data.media.jpeg import decode_image, image_size
from lapa.data.media.orientation import exif_orientation, orientation_of_matrix, shown_size, upright
from lapa.jpeg import encode_jpeg
from toys.orientations import MATRICES, ONE, is_like, landmarks, matrix_of, stored_for, with_exif


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_pixel_goes_where_the_matrix_says(orientation: int) -> None:
    a, b, c, d = MATRICES[orientation]
    stored = np.arange(2 * 3).reshape(2, 3, 1).repeat(3, axis=2).astype(np.uint8)
    shown = upright(stored, orientation)
    assert shown.shape[:2] == shown_size(2, 3, orientation)
    x_of = {(q, p): a * p + c * q for q in range(2) for p in range(3)}
    y_of = {(q, p): b * p + d * q for q in range(2) for p in range(3)}
    left, top = min(x_of.values()), min(y_of.values())
    for (q, p), x in x_of.items():
        assert shown[y_of[q, p] - top, x - left, 0] == stored[q, p, 0]
    assert orientation_of_matrix(matrix_of(orientation)) == orientation
    assert orientation_of_matrix(matrix_of(orientation, scale=ONE // 2)) == orientation


def test_matrices_that_say_nothing_leave_the_picture_alone() -> None:
    assert orientation_of_matrix([0] * 9) == 1
    tilted = [65000, 5000, 0, -5000, 65000, 0, 0, 0, 1 << 30]
    assert orientation_of_matrix(tilted) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_as_exif_says(orientation: int, kind: str) -> None:
    shown = landmarks()
    data = with_exif(stored_for(shown, orientation), orientation, kind)
    assert image_size(data) == shown.shape[:2]
    assert image_size(data[:-20]) == shown.shape[:2], "known before decoding"
    assert is_like(decode_image(data), shown)
    viewer = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert is_like(decode_image(data), viewer)


def test_exif_behind_other_segments_is_found() -> None:
    data = with_exif(landmarks(), 6, "JPEG", icc_profile=b"p" * 70_000, comment="none")
    assert exif_orientation(data) == 6


def test_damaged_or_absurd_exif_is_no_reason_to_lose_an_image() -> None:
    data = with_exif(landmarks(), 6, "JPEG")
    start = data.index(b"Exif\0\0") + 6
    assert exif_orientation(encode_jpeg(landmarks())) == 1
    assert exif_orientation(with_exif(landmarks(), 77, "JPEG")) == 1
    for position in range(start, start + 40):
        for value in (0, 255):
            broken = data[:position] + bytes([value]) + data[position + 1 :]
            assert exif_orientation(broken) in range(1, 9)
            assert decode_image(broken).shape[2] == 3
    for end in range(2, len(data), 7):
        assert exif_orientation(data[:end]) in range(1, 9)
