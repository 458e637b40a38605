"""Where decoding of a video stands: goes on from there, or seeks to the key frame before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import av
import numpy as np

from lapa.data.bad_input import bad
from lapa.data.media.video_file import VideoFile
from lapa.data.media.video_index import VideoIndex, has_exact_seek

FAR: Final = 8
"""Frames to decode through before a seek, which flushes the decoder, is the cheaper way."""


class Playhead:
    """Decodes one frame after the other."""

    def __init__(self, file: VideoFile) -> None:
        self._file = file
        self._decoded: Iterator[Any] = iter(())
        self._ahead: Any = None
        self._next = 0
        self._is_started = False

    def first(self, index: VideoIndex | None) -> Any:
        """Decode the first frame that the file shows, and stay in front of it.

        Args:
            index: None while nothing has been read from the file.

        Raises:
            BadInputError: ``corrupt_video``, or ``no_frames``: none can be decoded.
        """
        if index is None:
            self._begin()
        else:
            self._start(index, seek_to=None)
        self._ahead = next(self._decoded, None)
        if self._ahead is None:
            raise bad("no_frames", "of the video stream no frame can be decoded")
        return self._ahead

    def frame(self, number: int, index: VideoIndex) -> Any:
        """Decode frame ``number``.

        Raises:
            BadInputError: ``corrupt_video``.
        """
        self._approach(number, index)
        return self._decode_to(number, index)

    def rewind(self, target: int) -> None:
        """Put the file to the key frame before a time in ticks.

        Raises:
            BadInputError: ``corrupt_video``.
        """
        try:
            self._file.container.seek(target, stream=self._file.stream, backward=True)
        except av.FFmpegError as error:
            raise bad("corrupt_video", f"seeking to {target} failed: {error}") from error

    def lost(self) -> None:
        """Forget the position: somebody else has read from the file."""
        self._decoded, self._ahead, self._is_started = iter(()), None, False

    def _approach(self, number: int, index: VideoIndex) -> None:
        """Seek when the frame lies behind, or when a key frame far ahead leads to it."""
        if not self._is_started:
            self._start(index, seek_to=None)
        place = int(np.searchsorted(index.key_frames, number, side="right")) - 1
        key = int(index.key_frames[place]) if place >= 0 else 0
        if self._next <= number and key <= self._next + FAR:
            return
        self._start(index, seek_to=int(index.seek_times[place]) if place >= 0 else None)
        if self._next > number:
            self._start(index, seek_to=None)

    def _start(self, index: VideoIndex, *, seek_to: int | None) -> None:
        """Begin to decode at a key frame, or at the very beginning for None."""
        starts = [int(times[0]) for times in (index.times, index.seek_times) if len(times)]
        if has_exact_seek(self._file.container):
            self.rewind(min(starts, default=0) if seek_to is None else seek_to)
        else:
            self._file.reopen()
        self._begin()
        if seek_to is not None:
            self._ahead = next(self._decoded, None)
            self._next = self._number_of(self._ahead, index) if self._ahead is not None else 0

    def _begin(self) -> None:
        self._decoded, self._is_started = self._decode(), True
        self._ahead, self._next = None, 0

    def _decode(self) -> Iterator[Any]:
        try:
            yield from self._file.container.decode(self._file.stream)
        except av.FFmpegError as error:
            raise bad("corrupt_video", f"decoding failed: {error}") from error

    def _decode_to(self, number: int, index: VideoIndex) -> Any:
        """Decode until frame ``number`` comes out."""
        while self._next <= number:
            frame, self._ahead = self._ahead or next(self._decoded, None), None
            if frame is None:
                break
            decoded = self._number_of(frame, index)
            self._next = decoded + 1
            if decoded == number:
                return frame
        reached, self._next = self._next, index.num_frames
        raise bad(
            "corrupt_video",
            f"frame {number} of {index.num_frames} cannot be decoded: after frame {reached - 1} "
            "comes none, or a later one",
        )

    def _number_of(self, frame: Any, index: VideoIndex) -> int:
        """Number of a decoded frame by its time; by counting where the file has no times."""
        times = index.times
        if not len(times):
            return self._next
        number = int(np.searchsorted(times, frame.pts)) if frame.pts is not None else len(times)
        if number == len(times) or times[number] != frame.pts:
            raise bad("corrupt_video", f"a frame at time {frame.pts} is in no packet")
        return number
