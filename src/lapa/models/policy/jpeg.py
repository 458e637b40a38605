"""What JPEG takes from a picture: through the encoder that writes the shards.

Arithmetic in torch would not do: the library's fast cosine transform rounds otherwise, and a byte of a
noisy picture would differ by as much as compression changes it.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from lapa.jpeg import decode_jpeg, encode_jpeg
from lapa.records import FrameCodec


def jpeg_round_trip(images: Tensor, codec: FrameCodec) -> Tensor:
    """``uint8 (batch, height, width, 3)``, RGB, as it comes back; on the device where it lies."""
    encode = partial(encode_jpeg, quality=codec.jpeg_quality, subsampling=codec.jpeg_subsampling)
    stored = [decode_jpeg(encode(image)) for image in images.cpu().numpy()]
    return torch.stack([torch.from_numpy(picture) for picture in stored]).to(images.device)
