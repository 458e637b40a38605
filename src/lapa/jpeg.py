"""Pictures to JPEG and back, with the settings of the shards: the one place that names them.

Data writes and reads shards with it, policies bring camera frames to what shards hold.
libjpeg-turbo (simplejpeg) is the fastest decoder measured.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import simplejpeg
from numpy.typing import NDArray


def encode_jpeg(
    image: NDArray[np.uint8], *, quality: int = 95, subsampling: Literal["444", "420"] = "420"
) -> bytes:
    """Encode ``uint8 (height, width, 3)`` RGB as JPEG; the same image always gives the same bytes."""
    data: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(image),
        quality=quality,
        colorspace="RGB",
        colorsubsampling=subsampling,
        fastdct=False,
    )
    return data


def decode_jpeg(data: bytes) -> NDArray[np.uint8]:
    """Decode a JPEG to ``uint8 (height, width, 3)`` RGB, as it is stored.

    Raises:
        ValueError: it is damaged; recoverable damage counts, never grey patches.
    """
    return np.asarray(simplejpeg.decode_jpeg(data, colorspace="RGB", strict=True), np.uint8)
