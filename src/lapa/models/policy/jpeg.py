"""What JPEG takes from a picture: through the library that writes the shards, with its settings.

Arithmetic in torch would not do: the library's fast cosine transform rounds otherwise, and a byte of a
noisy picture would differ by as much as compression changes it.
"""

from __future__ import annotations

import numpy as np
import simplejpeg
import torch
from torch import Tensor

from lapa.records import FrameCodec


def jpeg_round_trip(images: Tensor, codec: FrameCodec) -> Tensor:
    """``uint8 (batch, height, width, 3)``, RGB, as it comes back; on the device where it lies."""
    pictures = [_round_trip(picture, codec) for picture in images.cpu().numpy()]
    return torch.from_numpy(np.stack(pictures)).to(images.device)


def _round_trip(picture: np.ndarray, codec: FrameCodec) -> np.ndarray:
    data = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture),
        quality=codec.jpeg_quality,
        colorspace="RGB",
        colorsubsampling=codec.jpeg_subsampling,
        fastdct=False,
    )
    return np.asarray(simplejpeg.decode_jpeg(data, colorspace="RGB", strict=True))
