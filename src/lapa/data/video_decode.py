"""Frames of a video by number: counted truly, decoded once, exact, at bounded cost.

Asking for frames in order goes on decoding where the last call stopped; going back or far ahead
seeks to the key frame before. Memory is that of the frames asked for plus a few bytes per frame.
Counting the frames of an MP4 reads its sample table only; other containers are read through once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import numpy as np

from lapa.data.bad_input import bad
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.jpeg import MAX_PIXELS
from lapa.data.video_file import VideoFile
from lapa.data.video_index import VideoIndex, read_index, read_sample_table

FAR: Final = 8
"""Frames to decode through before a seek, which flushes the decoder, is the cheaper way."""


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
        """Open and check the video; counting its frames needs no decoding.

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
        self._stream = self._file.stream
        codec = self._stream.codec_context
        self.height, self.width = int(codec.height), int(codec.width)
        """Pixels."""
        self.codec = str(codec.name)
        """Name of the decoder, e.g. ``h264``."""
        self._index = index
        self._last: tuple[int, Frames] | None = None
        self._is_started = False
        self._decoded: Iterator[Any] = iter(())
        self._ahead: Any = None
        self._next = 0
        try:
            container = self._file.container
            self._table = read_sample_table(container, self._stream, self._file.size)
            if self._table is None:
                self._index = index or read_index(container, self._stream)
        except BaseException:
            self._file.close()
            raise

    @property
    def index(self) -> VideoIndex:
        """Times of all frames; reads every packet the first time it is needed.

        Raises:
            BadInputError: ``corrupt_video``: there are not as many frames as the sample table lists.
        """
        if self._index is None:
            self._index = read_index(self._file.container, self._stream)
            self._is_started = False
        if self._table is not None and self._index.num_frames != len(self._table):
            detail = f"{self._index.num_frames} frames, the sample table lists {len(self._table)}"
            raise bad("corrupt_video", detail)
        return self._index

    @property
    def num_frames(self) -> int:
        """Frames the file really holds."""
        return self.index.num_frames if self._table is None else len(self._table)

    @property
    def channel_bits(self) -> tuple[int, ...]:
        """Bits per stored channel, e.g. ``(8, 8, 8)``; one deep channel is depth, not colour."""
        pixels = self._stream.codec_context.format
        return () if pixels is None else tuple(channel.bits for channel in pixels.components)

    @property
    def fps(self) -> float:
        """Frames per second as the header says; 0 where it says nothing."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else 0.0

    @property
    def largest_gap_s(self) -> float:
        """Longest time between two frames, s: far above 1 / fps where frames were lost or rates vary."""
        gaps = np.diff(self.index.times if self._table is None else self._table)
        return float(gaps.max() * self._stream.time_base) if len(gaps) else 0.0

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
            out[places[number]] = self._frame(number)
        return out

    def close(self) -> None:
        """Give the file, the decoder and the last frame back."""
        self._decoded, self._ahead, self._last = iter(()), None, None
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _frame(self, number: int) -> Frames:
        if self._last is None or self._last[0] != number:
            self._approach(number)
            frame = self._decode_to(number)
            self._last = number, self._pixels(frame, number)
        return self._last[1]

    def _approach(self, number: int) -> None:
        """Seek when the frame lies behind, or when a key frame far ahead leads to it."""
        keys = self.index.key_frames
        if not self._is_started:
            self._start(seek_to=None)
        place = int(np.searchsorted(keys, number, side="right")) - 1
        key = int(keys[place]) if place >= 0 else 0
        if self._next <= number and key <= self._next + FAR:
            return
        self._start(seek_to=int(self.index.seek_times[place]) if place >= 0 else None)
        if self._next > number:
            self._start(seek_to=None)

    def _start(self, *, seek_to: int | None) -> None:
        """Begin to decode at a key frame, or at the very beginning for None."""
        container, times = self._file.container, self.index.times
        target = (int(times[0]) if len(times) else 0) if seek_to is None else seek_to
        try:
            container.seek(target, stream=self._stream, backward=True)
        except av.FFmpegError as error:
            raise bad("corrupt_video", f"seeking to {target} failed: {error}") from error
        self._is_started = True
        self._decoded = self._decode()
        self._ahead = None
        self._next = 0
        if seek_to is not None:
            self._ahead = next(self._decoded, None)
            self._next = self._number_of(self._ahead) if self._ahead is not None else 0

    def _decode(self) -> Iterator[Any]:
        try:
            yield from self._file.container.decode(self._stream)
        except av.FFmpegError as error:
            raise bad("corrupt_video", f"decoding failed: {error}") from error

    def _decode_to(self, number: int) -> Any:
        """Decode until frame ``number`` comes out."""
        while self._next <= number:
            frame, self._ahead = self._ahead or next(self._decoded, None), None
            if frame is None:
                break
            found = self._number_of(frame)
            self._next = found + 1
            if found == number:
                return frame
        reached, self._next = self._next, self.num_frames
        raise bad(
            "corrupt_video",
            f"frame {number} of {self.num_frames} cannot be decoded: after frame {reached - 1} "
            "comes none, or a later one",
        )

    def _number_of(self, frame: Any) -> int:
        """Number of a decoded frame by its time; by counting where the file has no times."""
        times = self.index.times
        if not len(times):
            return self._next
        number = int(np.searchsorted(times, frame.pts)) if frame.pts is not None else len(times)
        if number == len(times) or times[number] != frame.pts:
            raise bad("corrupt_video", f"a frame at time {frame.pts} is in no packet")
        return number

    def _pixels(self, frame: Any, number: int) -> Frames:
        if frame.is_corrupt:
            raise bad("corrupt_video", f"frame {number} is damaged")
        image = frame.to_ndarray(format="rgb24", width=self.width, height=self.height)
        return np.asarray(image, np.uint8)
