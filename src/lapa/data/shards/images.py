"""One frame on its way into a shard: made square, compressed, and summarised."""

from __future__ import annotations

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lapa.data.media.jpeg import decode_jpeg
from lapa.jpeg import encode_jpeg
from lapa.records import FrameCodec

THUMBNAIL = 16
"""Side of the grey thumbnails kept in the index for the motion filter, pixels."""

cv2.setNumThreads(0)  # processes are the unit of parallelism here


def to_square(frame: NDArray[np.uint8], codec: FrameCodec) -> NDArray[np.uint8]:
    """Resize ``uint8 (height, width, 3)`` to ``(image_size, image_size, 3)``."""
    if codec.resize == "crop":
        frame = _center_square(frame)
    height, width = frame.shape[:2]
    if (height, width) == (codec.image_size, codec.image_size):
        return np.ascontiguousarray(frame)
    shrinks = min(height, width) > codec.image_size
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    size = (codec.image_size, codec.image_size)
    return np.asarray(cv2.resize(frame, size, interpolation=how), dtype=np.uint8)


def encode_square(frame: NDArray[np.uint8], codec: FrameCodec) -> bytes:
    """Compress a square RGB frame; the same frame always gives the same bytes."""
    return encode_jpeg(frame, quality=codec.jpeg_quality, subsampling=codec.jpeg_subsampling)


def as_stored(frame: NDArray[np.uint8], codec: FrameCodec) -> NDArray[np.uint8]:
    """Return ``uint8 (height, width, 3)`` as it comes back out of a shard of this codec."""
    return decode_jpeg(encode_square(to_square(frame, codec), codec))


def _center_square(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return frame[top : top + side, left : left + side]


def thumbnail(frame: NDArray[np.uint8]) -> bytes:
    """Grey block means of a frame, ``uint8 (16, 16)`` as bytes."""
    gray = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    small: bytes = cv2.resize(gray, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).tobytes()
    return small


def color_blocks(frame: NDArray[np.uint8]) -> bytes:
    """Block means of a frame, ``uint8 (16, 16, 3)`` as bytes: grey alone misses changes of hue."""
    size = (THUMBNAIL, THUMBNAIL)
    blocks: bytes = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).tobytes()
    return blocks


def perceptual_hash(frame: NDArray[np.uint8]) -> int:
    """64-bit perceptual hash (DCT) of a frame, for the near-duplicate report."""
    bits = imagehash.phash(Image.fromarray(frame)).hash
    return int(np.packbits(bits.reshape(-1)).view(">u8")[0])
