"""Frames of a video file as plain data: opened when asked, few files open at once.

An episode of ten thousand holds no file; the reader used last stays open, so that reading an
episode chunk by chunk goes on decoding where it stopped.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.video_decode import VideoReader

OPEN_AT_ONCE: Final = 4

_open: OrderedDict[tuple[int, Path, int], VideoReader] = OrderedDict()
"""Readers by (process, file, limit): a forked child must not share its parent's file position."""


@dataclass(frozen=True)
class VideoFrames:
    """A `FrameReader` over (a run of) the frames of a video file."""

    path: Path
    num_frames: int
    first: int = 0
    """Frame of the file that is frame 0 of the episode."""
    source: str = ""
    max_pixels: int = MAX_PIXELS

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        with naming(self.source, str(self.path)):
            reader = shared_reader(self.path, max_pixels=self.max_pixels)
            if self.first + self.num_frames > reader.num_frames:
                detail = f"{reader.num_frames} frames, expected {self.first + self.num_frames}"
                raise bad("truncated_video", detail)
            return reader.frames([self.first + index for index in asked])


def shared_reader(path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoReader:
    """Return the open reader of ``path``, opening it and closing the one unused for longest.

    Raises:
        BadInputError: the file is no usable video.
    """
    key = (os.getpid(), path, max_pixels)
    if key not in _open:
        while len(_open) >= OPEN_AT_ONCE:
            _open.popitem(last=False)[1].close()
        _open[key] = VideoReader(path, max_pixels=max_pixels)
    _open.move_to_end(key)
    return _open[key]
