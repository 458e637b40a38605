"""Frames of a video by number: counted truly, decoded once, exact, at bounded cost.

Asking for frames in order goes on decoding where the last call stopped; going back or far ahead
seeks to the key frame before. Memory is that of the frames asked for plus a few bytes per frame.
Counting the frames of an MP4 reads its sample table only; other containers are read through once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.display_geometry import DisplayGeometry, display_geometry
from lapa.data.media.frame_times import FrameTimes, Seconds, measure_times
from lapa.data.media.playhead import Playhead
from lapa.data.media.video_file import VideoFile
from lapa.data.media.video_index import VideoIndex, read_index, read_sample_table


class VideoReader:
    """Random access to the frames of one video file, or of the bytes of one."""

    def __init__(
        self,
        video: Path | bytes,
        *,
        max_pixels: int = MAX_PIXELS,
        threads: int = 1,
        index: VideoIndex | None = None,
    ) -> None:
        """Open and check the video and decode its first frame, which tells how it is shown.

        Args:
            video: the file, or its bytes.
            max_pixels: largest width x height accepted.
            threads: decoder threads; 1, because ingestion already runs one process per core.
            index: of an earlier reader of the same file, to spare reading all packets again.

        Raises:
            BadInputError: ``empty_video``, ``unreadable_video``, ``no_video_stream``,
                ``unsupported_codec``, ``absurd_dimensions``, ``truncated_video``,
                ``corrupt_video`` or ``no_frames``.
        """
        self._file = VideoFile(video, max_pixels=max_pixels, threads=threads)
        self.codec = str(self._file.stream.codec_context.name)
        """Name of the decoder, e.g. ``h264``."""
        self._index = index
        self._table: NDArray[np.int64] | None = None
        self._last: tuple[int, Frames] | None = None
        self._playhead = Playhead(self._file)
        self._convert = VideoReformatter()
        self._measured: FrameTimes | None = None
        self.hidden_frames = 0
        """Frames stored before the first that can be decoded: the file was cut between key frames."""
        try:
            self._table = read_sample_table(self._file)
            if self._table is None and index is None:
                self._index = read_index(self._file.container, self._file.stream)
            self.display = self._look()
            """How the coded pictures are shown."""
            self.display.check(max_pixels)
        except BaseException:
            self._file.close()
            raise
        self.height, self.width = self.display.size
        """Of the frames that `frames` returns, pixels."""

    def _look(self) -> DisplayGeometry:
        """Decode the first frame, and leave out what is stored before the first one that is shown."""
        first = self._playhead.first(self._index)
        if self._table is not None and first.pts != self._table[0]:
            self._table = None  # only its packets tell which frames are shown
        if self._table is None and first.pts is not None:
            stored = self.index.num_frames
            self._index = self.index.since(first.pts)
            self.hidden_frames = stored - self._index.num_frames
        codec = self._file.stream.codec_context
        return display_geometry(
            first,
            height=int(codec.height),
            width=int(codec.width),
            crop=self._file.crop(),
            pixel_aspect=self._file.stream.sample_aspect_ratio,
        )

    @property
    def index(self) -> VideoIndex:
        """Times of all frames; reads every packet the first time it is needed.

        Raises:
            BadInputError: ``corrupt_video``: there are not as many frames as the sample table lists.
        """
        if self._index is None:
            self._playhead.rewind(int(self._file.stream.index_entries[0].timestamp))
            self._index = read_index(self._file.container, self._file.stream)
            self._playhead.lost()
        if self._table is not None and self._index.num_frames != len(self._table):
            detail = f"{self._index.num_frames} frames, the sample table lists {len(self._table)}"
            raise bad("corrupt_video", detail)
        return self._index

    @property
    def num_frames(self) -> int:
        """Frames the file really shows."""
        return self.index.num_frames if self._table is None else len(self._table)

    @property
    def channel_bits(self) -> tuple[int, ...]:
        """Bits per stored channel, e.g. ``(8, 8, 8)``; one deep channel is depth, not colour."""
        pixels = self._file.stream.codec_context.format
        return () if pixels is None else tuple(channel.bits for channel in pixels.components)

    @property
    def _tick_s(self) -> float:
        return float(self._file.stream.time_base)

    @property
    def times(self) -> Seconds | None:
        """When each frame is shown, ``float64 (num_frames,)``, s; None where the file has no times."""
        ticks = self.index.times if self._table is None else self._table
        return ticks.astype(np.float64) * self._tick_s if len(ticks) else None

    @property
    def measured(self) -> FrameTimes | None:
        """Rate and intervals by the times of the frames; None for one frame, or without times."""
        times = self.times
        if self._measured is None and times is not None and len(times) > 1:
            self._measured = measure_times(times, tick=self._tick_s, claims=[self.header_fps])
        return self._measured

    @property
    def fps(self) -> float:
        """Frames per second by the times of the frames; the header's where they have none."""
        return self.header_fps if self.measured is None else self.measured.rate

    @property
    def header_fps(self) -> float:
        """Frames per second as the header says; 0 where it says nothing."""
        rate = self._file.stream.average_rate or self._file.stream.guessed_rate
        return float(rate) if rate else 0.0

    @property
    def uneven_times(self) -> Seconds | None:
        """`times` where frame numbers do not count time, else None; what `Episode.times` wants."""
        return None if self.measured is None or self.measured.is_even else self.times

    @property
    def largest_gap_s(self) -> float:
        """Longest time between two frames, s: far above 1 / fps where frames were lost or rates vary."""
        return 0.0 if self.measured is None else self.measured.largest_s

    def frames(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB, in the order asked.

        Raises:
            IndexError: an index outside the video.
            BadInputError: ``corrupt_video``: the frames cannot be decoded.
        """
        asked = resolve_indices(indices, self.num_frames)
        out = np.empty((len(asked), self.height, self.width, 3), np.uint8)
        places: dict[int, list[int]] = {}
        for place, number in enumerate(asked):
            places.setdefault(number, []).append(place)
        for number in sorted(places):
            picture = self._frame(number)
            for place in places[number]:
                out[place] = picture
        return out

    def close(self) -> None:
        """Give the file, the decoder and the last frame back."""
        self._last = None
        self._playhead.lost()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _frame(self, number: int) -> Frames:
        if self._last is None or self._last[0] != number:
            frame = self._playhead.frame(number, self.index)
            if frame.is_corrupt:
                raise bad("corrupt_video", f"frame {number} is damaged")
            self._last = number, self.display.picture(frame, self._convert)
        return self._last[1]
