"""Writes a video frame by frame, for files longer than memory."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

import av
import numpy as np

from lapa.data.episode import Frames

VideoQuality = Literal["lossless", "compact"]

CODECS: Final[dict[VideoQuality, tuple[str, str, dict[str, str]]]] = {
    "lossless": ("libx264rgb", "rgb24", {"qp": "0", "preset": "veryfast", "g": "2"}),
    "compact": ("libx264", "yuv420p", {"crf": "18", "preset": "veryfast", "g": "2"}),
}
"""Codec, pixel format, options. A key frame every two frames, as LeRobot does, because training
reads single frames."""


class VideoStream:
    """An mp4 being written."""

    def __init__(
        self, path: Path, *, fps: float, size: int | tuple[int, int], quality: VideoQuality
    ) -> None:
        """Create the file.

        Args:
            path: the file, overwritten.
            fps: frames per second.
            size: side of square frames, or height and width (even, for ``compact``); pixels.
            quality: see `CODECS`.
        """
        codec, pixel_format, options = CODECS[quality]
        self.num_frames = 0
        self._container = av.open(str(path), "w", format="mp4")
        rate = Fraction(fps).limit_denominator(1001)
        self._stream: Any = self._container.add_stream(codec, rate=rate, options=options)
        height, width = (size, size) if isinstance(size, int) else size
        self._stream.height, self._stream.width = height, width
        self._stream.pix_fmt = pixel_format
        self._stream.thread_count = 1  # the bytes must not depend on the machine

    def write(self, frame: Frames) -> None:
        """Append one ``uint8 (height, width, 3)`` RGB frame."""
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
        self._container.mux(self._stream.encode(picture))
        self.num_frames += 1

    def close(self) -> None:
        """Flush the encoder and finish the file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
