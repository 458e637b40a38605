"""A run of frames inside a video that other episodes, or other data, may share.

A span is plain data, so an episode can be sent to another process; the decoder behind it lives in
a small pool of the process, which keeps the last few videos open. LeRobot v3 puts hundreds of
episodes into one file: indexing that file once instead of once per episode is what makes it linear.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Final, Protocol

import numpy as np

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.jpeg import MAX_PIXELS
from lapa.data.video_decode import VideoReader

MAX_OPEN: Final = 4
"""Videos kept open per process; each holds a decoder and eight bytes per frame."""


class VideoSource(Protocol):
    """Where the bytes of a video come from; hashable, because the pool looks it up."""

    @property
    def path(self) -> Path:
        """The file that holds the bytes."""
        ...

    def open(self) -> VideoReader:
        """Open the video."""
        ...


@dataclass(frozen=True)
class VideoFile:
    """A video that is a file of its own."""

    path: Path
    max_pixels: int = MAX_PIXELS

    def open(self) -> VideoReader:
        """Open the file.

        Raises:
            BadInputError: as `VideoReader`.
        """
        with naming("", str(self.path)):
            return VideoReader(self.path, max_pixels=self.max_pixels)


class _Pool:
    """Open readers of this process, least recently used first."""

    def __init__(self) -> None:
        self._readers: OrderedDict[tuple[VideoSource, int, int], VideoReader] = OrderedDict()
        self._owner = os.getpid()
        self.lock = RLock()

    def reader(self, video: VideoSource) -> VideoReader:
        if self._owner != os.getpid():  # a fork must not share file positions with its parent
            self._readers, self._owner = OrderedDict(), os.getpid()
        key = (video, *_version(video.path))
        if key not in self._readers:
            self._readers[key] = video.open()
        self._readers.move_to_end(key)
        while len(self._readers) > MAX_OPEN:
            self._readers.popitem(last=False)[1].close()
        return self._readers[key]


def _version(path: Path) -> tuple[int, int]:
    """Tell a file from another one written to its place."""
    if not path.is_file():
        raise bad("missing_file", "the video file does not exist", item=str(path))
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size


_POOL = _Pool()


@dataclass(frozen=True)
class VideoFacts:
    """What opening a video tells."""

    num_frames: int
    fps: float
    """As the header says, Hz."""
    height: int
    width: int


def video_facts(video: VideoSource) -> VideoFacts:
    """Open a video and return its true number of frames, its header rate and its size.

    Raises:
        BadInputError: ``missing_file``, or what `VideoReader` finds.
    """
    with _POOL.lock:
        reader = _POOL.reader(video)
        return VideoFacts(reader.num_frames, reader.fps, reader.height, reader.width)


@dataclass(frozen=True, kw_only=True)
class VideoSpan:
    """A `FrameReader` over frames ``[first, first + num_frames)`` of a video."""

    video: VideoSource
    num_frames: int
    first: int = 0
    is_bgr: bool = field(default=False)
    """The recorder wrote blue where red belongs; swap them back."""
    source: str = ""
    item: str = ""

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        with naming(self.source, self.item), _POOL.lock:
            frames = _POOL.reader(self.video).frames([self.first + index for index in asked])
        return np.ascontiguousarray(frames[..., ::-1]) if self.is_bgr else frames
