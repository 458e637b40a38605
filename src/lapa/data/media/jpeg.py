"""Encoded images to pixels, with the size read from the header before anything is decoded.

JPEG goes through `lapa.jpeg`; PNG, which only raw
sources hold, through OpenCV.
"""

from __future__ import annotations

import struct
from typing import Final

import cv2
import numpy as np
import simplejpeg

from lapa import jpeg
from lapa.data.bad_input import bad
from lapa.data.episode import Frames
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.orientation import STORED, exif_orientation, shown_size, upright

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE: Final = b"\xff\xd8"


def check_size(height: int, width: int, *, max_pixels: int = MAX_PIXELS) -> None:
    """Refuse absurd dimensions before memory is spent on them.

    Raises:
        BadInputError: ``absurd_dimensions``: empty, or more than ``max_pixels``.
    """
    if height < 1 or width < 1 or height * width > max_pixels:
        raise bad(
            "absurd_dimensions",
            f"the header says {width}x{height} pixels, expected 1 to {max_pixels} in all; "
            "raise `max_pixels` if the image is really that large",
        )


def image_size(data: bytes) -> tuple[int, int]:
    """Return (height, width) of the shown picture from the header of a JPEG or PNG, without decoding.

    Raises:
        BadInputError: ``empty_image``, ``unknown_image`` or ``corrupt_image``.
    """
    return shown_size(*_stored_size(data), exif_orientation(data))


def _stored_size(data: bytes) -> tuple[int, int]:
    if not data:
        raise bad("empty_image", "found 0 bytes, expected a JPEG or PNG")
    if data.startswith(JPEG_SIGNATURE):
        try:
            height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        except ValueError as error:
            raise bad("corrupt_image", f"unreadable JPEG header: {error}") from error
        return height, width
    if data.startswith(PNG_SIGNATURE):
        if len(data) < 24:
            raise bad("corrupt_image", f"PNG of {len(data)} bytes ends inside its header")
        width, height = struct.unpack(">II", data[16:24])
        return height, width
    raise bad("unknown_image", f"starts with {data[:8]!r}, expected a JPEG or PNG")


def decode_image(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Frames:
    """Decode a JPEG or PNG to ``uint8 (height, width, 3)`` RGB, turned as its EXIF tag says.

    Raises:
        BadInputError: ``empty_image``, ``unknown_image``, ``absurd_dimensions`` (before
            decoding) or ``corrupt_image``.
    """
    check_size(*_stored_size(data), max_pixels=max_pixels)
    image = decode_jpeg(data) if data.startswith(JPEG_SIGNATURE) else _decode_png(data)
    orientation = exif_orientation(data)
    return image if orientation == STORED else upright(image, orientation)


def decode_jpeg(data: bytes) -> Frames:
    """Decode a JPEG of a size known to be sane to ``uint8 (height, width, 3)`` RGB, as it is stored.

    Raises:
        BadInputError: ``corrupt_image``; recoverable damage counts, never grey patches.
    """
    try:
        return jpeg.decode_jpeg(data)
    except ValueError as error:
        raise bad("corrupt_image", f"JPEG of {len(data)} bytes: {error}") from error


def _decode_png(data: bytes) -> Frames:
    # OpenCV would turn the picture too, but only if it reads EXIF of PNG in this build
    how = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if image is None:
        raise bad("corrupt_image", f"PNG of {len(data)} bytes cannot be decoded")
    return np.asarray(image, np.uint8)
