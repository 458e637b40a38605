"""Frames that are already separate images, in memory or in files; only the asked ones are decoded.

Both readers are plain data, so an episode can be sent to another process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.limits import MAX_IMAGE_BYTES, MAX_PIXELS
from lapa.data.media.jpeg import decode_image


@dataclass(frozen=True)
class EncodedFrames:
    """A `FrameReader` over JPEG or PNG bytes held in memory."""

    images: tuple[bytes, ...]
    source: str = ""
    item: str = ""
    max_pixels: int = MAX_PIXELS
    is_bgr: bool = False
    """The writer took BGR for RGB, so red and blue are swapped in what a decoder returns."""

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        decoded = [self._decode(index) for index in resolve_indices(indices, len(self.images))]
        with naming(self.source, self.item):
            return stack(decoded)

    def _decode(self, index: int) -> Frames:
        with naming(self.source, f"{self.item} frame {index}"):
            image = decode_image(self.images[index], max_pixels=self.max_pixels)
        return np.ascontiguousarray(image[..., ::-1]) if self.is_bgr else image


@dataclass(frozen=True)
class ImageFiles:
    """A `FrameReader` over image files, opened one at a time."""

    paths: tuple[Path, ...]
    source: str = ""
    max_pixels: int = MAX_PIXELS

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        decoded = [self._decode(index) for index in resolve_indices(indices, len(self.paths))]
        with naming(self.source, str(self.paths[0].parent)):
            return stack(decoded)

    def _decode(self, index: int) -> Frames:
        path = self.paths[index]
        with naming(self.source, str(path)):
            if (size := path.stat().st_size) > MAX_IMAGE_BYTES:
                detail = (
                    f"{size} bytes, expected at most {MAX_IMAGE_BYTES}: no image of a recording"
                )
                raise bad("absurd_dimensions", detail)
            return decode_image(path.read_bytes(), max_pixels=self.max_pixels)


def stack(images: Sequence[Frames]) -> Frames:
    """Stack ``(height, width, 3)`` images of one size to ``(frame, height, width, 3)``.

    Raises:
        BadInputError: ``mixed_sizes``: the images of one episode differ in size.
    """
    sizes = {image.shape for image in images}
    if len(sizes) > 1:
        raise bad("mixed_sizes", f"found images of {sorted(sizes)}, expected one size per episode")
    return np.stack(images) if images else np.empty((0, 0, 0, 3), np.uint8)
