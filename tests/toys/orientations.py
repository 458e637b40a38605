"""Pictures which a camera stored turned or mirrored, with the note that says so."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from lapa.data.media.orientation import upright

ONE = 1 << 16


MATRICES = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}


def stored_for(shown: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels which a camera stores so that ``shown`` comes out."""
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    return upright(shown, inverse)


def matrix_of(orientation: int, scale: int = ONE) -> list[int]:
    a, b, c, d = (value * scale for value in MATRICES[orientation])
    return [a, b, 0, c, d, 0, 0, 0, 1 << 30]


def with_exif(image: np.ndarray, orientation: int, kind: str, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, exif=exif, **options)
    return file.getvalue()


def landmarks(height: int = 48, width: int = 64) -> np.ndarray:
    """A picture that tells which way up it is: red above, blue at the left, green at the right."""
    image = np.full((height, width, 3), 90, np.uint8)
    image[:, : width // 4] = (30, 30, 220)
    image[:, -width // 4 :] = (30, 200, 30)
    image[: height // 4] = (220, 30, 30)
    return image


def is_like(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Same shape and, but for what codecs do, the same picture."""
    return found.shape == wanted.shape and float(np.abs(found.astype(float) - wanted).mean()) < 12
