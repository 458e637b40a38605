"""Which way up a stored picture is shown: the eight orientations of EXIF, also for video.

Cameras store pixels as the sensor reads them and say beside them how to turn or mirror them:
photographs in the EXIF tag 0x0112 (1 to 8), video in a display matrix.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final
from warnings import catch_warnings

import numpy as np
from einops import rearrange
from PIL import Image

from lapa.data.episode import Frames

STORED: Final = 1
"""The orientation of a picture that is shown as it is stored."""
ORIENTATION_TAG: Final = 0x0112
EXIF_SIGNATURE: Final = b"Exif\0\0"
SIDEWAYS: Final = frozenset({5, 6, 7, 8})
"""Orientations that exchange height and width."""
NAMES: Final = {
    2: "mirrored left to right",
    3: "rotated by 180 degrees",
    4: "mirrored top to bottom",
    5: "mirrored about the falling diagonal",
    6: "rotated by 90 degrees clockwise",
    7: "mirrored about the rising diagonal",
    8: "rotated by 90 degrees counter-clockwise",
}
"""What is done to the stored picture, by orientation."""


def upright(image: Frames, orientation: int) -> Frames:
    """Turn and mirror a stored ``(height, width, 3)`` picture into the shown one."""
    if orientation in SIDEWAYS:
        image = rearrange(image, "h w c -> w h c")
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)


def shown_size(height: int, width: int, orientation: int) -> tuple[int, int]:
    """Return (height, width) of the shown picture."""
    return (width, height) if orientation in SIDEWAYS else (height, width)


def orientation_note(orientation: int) -> str:
    """Say for people what is done to the stored pictures."""
    return f"stored pictures are {NAMES[orientation]}, as players show them"


def orientation_of_matrix(matrix: Sequence[int]) -> int:
    """Return the orientation nearest to a display matrix of nine numbers (ISO/IEC 14496-12, 8.3.2).

    A pixel (p, q), counted right and down, is shown at (a p + c q, b p + d q).
    """
    a, b, _, c, d = (int(value) for value in matrix[:5])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return {(False, False): 1, (True, False): 2, (True, True): 3, (False, True): 4}[
            a < 0, d < 0
        ]
    return {(False, False): 5, (True, False): 6, (True, True): 7, (False, True): 8}[c < 0, b < 0]


def exif_orientation(data: bytes) -> int:
    """Return the orientation that a JPEG or PNG asks for; `STORED` where it says nothing usable."""
    block = next(_jpeg_exif(data) if data.startswith(b"\xff\xd8") else _png_exif(data), b"")
    if not block:
        return STORED
    exif = Image.Exif()
    try:
        with catch_warnings(action="ignore"):
            exif.load(block)
            orientation = exif.get(ORIENTATION_TAG, STORED)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return STORED  # a damaged remark beside a sound picture: shown as stored, as viewers do
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else STORED


def _jpeg_exif(data: bytes) -> Iterator[bytes]:
    """Yield the EXIF blocks in front of the picture; a segment is FF, kind, length, content."""
    position = 2
    while data[position : position + 1] == b"\xff" and position + 4 <= len(data):
        kind = data[position + 1]
        if kind == 0xDA:  # the picture begins
            return
        if kind == 0xFF:  # a fill byte
            position += 1
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        content = data[position + 4 : position + 2 + length]
        if kind == 0xE1 and content.startswith(EXIF_SIGNATURE):
            yield content
        position += 2 + max(length, 2)


def _png_exif(data: bytes) -> Iterator[bytes]:
    """Yield the ``eXIf`` chunks; a chunk is length, kind, content, checksum."""
    position = 8
    while position + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        if kind == b"eXIf":
            yield EXIF_SIGNATURE + data[position + 8 : position + 8 + length]
        position += 12 + length
