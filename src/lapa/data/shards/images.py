"""One frame on its way into a shard: made square, compressed, and summarised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import imagehash
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

THUMBNAIL = 16
"""Side of the grey thumbnails kept in the index for the motion filter, pixels."""

cv2.setNumThreads(0)  # processes are the unit of parallelism here


@dataclass(frozen=True, kw_only=True)
class FrameCodec:
    """How frames are resized and compressed."""

    image_size: int
    resize: Literal["crop", "squash"]
    quality: int
    subsampling: Literal["444", "420"]

    def square(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize ``uint8 (height, width, 3)`` to ``(image_size, image_size, 3)``."""
        if self.resize == "crop":
            frame = _centre_square(frame)
        height, width = frame.shape[:2]
        if (height, width) == (self.image_size, self.image_size):
            return np.ascontiguousarray(frame)
        shrinks = min(height, width) > self.image_size
        how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        size = (self.image_size, self.image_size)
        return np.asarray(cv2.resize(frame, size, interpolation=how), dtype=np.uint8)

    def encode(self, frame: NDArray[np.uint8]) -> bytes:
        """Compress a square RGB frame; the same frame always gives the same bytes."""
        jpeg: bytes = simplejpeg.encode_jpeg(
            frame,
            quality=self.quality,
            colorspace="RGB",
            colorsubsampling=self.subsampling,
            fastdct=False,
        )
        return jpeg


def _centre_square(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return frame[top : top + side, left : left + side]


def thumbnail(frame: NDArray[np.uint8]) -> bytes:
    """Grey block means of a frame, ``uint8 (16, 16)`` as bytes."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    small: bytes = cv2.resize(grey, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).tobytes()
    return small


def perceptual_hash(frame: NDArray[np.uint8]) -> int:
    """64-bit perceptual hash (DCT) of a frame, for the near-duplicate report."""
    bits = imagehash.phash(Image.fromarray(frame)).hash
    return int(np.packbits(bits.reshape(-1)).view(">u8")[0])
