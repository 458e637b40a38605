"""Open a video file or byte string, refusing everything unusable before a frame is decoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.media.container_header import declared_size, missing_bytes
from lapa.data.media.display_geometry import Crop
from lapa.data.media.ebml import pixel_crop
from lapa.data.media.iso_track import clean_aperture, composition_offsets
from lapa.data.media.jpeg import check_size

CONTAINERS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,gif,asf,ogg,mxf"
"""Demuxers allowed: none that follows links to other files, as playlists do."""

READABLE_SUFFIXES: Final = frozenset(
    {".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".f4v", ".mj2", ".mkv", ".webm"}
    | {".avi", ".divx", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".flv", ".gif"}
    | {".wmv", ".asf", ".ogv", ".ogm", ".mxf"}
)
"""What videos in these containers are usually called, in lower case; ``.ogg`` is mostly sound."""

OPTIONS_OF_LATE_STREAMS: Final = 18
"""First PyAV that does not crash at options for streams which a header does not list."""


class VideoFile:
    """A container and its first video stream, checked and ready to be read."""

    def __init__(self, video: Path | bytes, *, max_pixels: int, threads: int) -> None:
        self._file: BinaryIO = io.BytesIO(video) if isinstance(video, bytes) else video.open("rb")
        try:
            self.size = self._file.seek(0, io.SEEK_END)
            _check_container(self._file, self.size, max_pixels)
            self._limits = max_pixels, threads
            self.container, self.stream = _open(self._file, self.size, *self._limits)
        except BaseException:
            self._file.close()
            raise

    def reopen(self) -> None:
        """Begin at the first byte again: for containers without an index, where seeking is a guess."""
        self.container.close()
        self.container, self.stream = _open(self._file, self.size, *self._limits)

    def composition_offsets(self) -> NDArray[np.int64] | None:
        """See `lapa.data.media.iso_track.composition_offsets`."""
        with self._kept_position():
            return composition_offsets(self._file, self.size)

    def crop(self) -> Crop:
        """Return what the container cuts off the coded pictures."""
        codec = self.stream.codec_context
        with self._kept_position():
            if "matroska" in self.container.format.name:
                return pixel_crop(self._file, self.size)
            return clean_aperture(self._file, self.size, height=codec.height, width=codec.width)

    @contextmanager
    def _kept_position(self) -> Iterator[None]:
        """The demuxer reads on from where the file stands."""
        position = self._file.tell()
        try:
            yield
        finally:
            self._file.seek(position)

    def close(self) -> None:
        """Give the file and the decoder back."""
        self.container.close()
        self._file.close()


def _open(file: BinaryIO, size: int, max_pixels: int, threads: int) -> tuple[Any, Any]:
    """Return (container, video stream).

    Raises:
        BadInputError: ``absurd_dimensions``, ``unreadable_video``, ``no_video_stream`` or
            ``unsupported_codec``.
    """
    file.seek(0)
    try:
        container = av.open(file, **_options(max_pixels))
    except (av.FFmpegError, ValueError, OSError) as error:
        raise bad("unreadable_video", f"{size} bytes are no video: {error}") from error
    try:
        return container, _video_stream(container, max_pixels, threads)
    except BaseException:
        container.close()
        raise


def _options(max_pixels: int) -> dict[str, dict[str, str]]:
    """Keywords of `av.open`: which containers, and no picture above ``max_pixels`` while streams are looked for.

    Before PyAV 18 options for streams end the process where streams appear only as the file is read (FLV,
    MPEG). There the limit holds from the header (`_check_container`) and from the first frame on.
    """
    allowed = {"format_whitelist": CONTAINERS}
    if int(av.__version__.split(".")[0]) < OPTIONS_OF_LATE_STREAMS:
        return {"container_options": allowed}
    return {"options": {**allowed, "max_pixels": str(max_pixels)}}


def _check_container(file: BinaryIO, size: int, max_pixels: int) -> None:
    """Refuse what its own header contradicts.

    Raises:
        BadInputError: ``empty_video``, ``truncated_video`` or ``absurd_dimensions``.
    """
    if size == 0:
        raise bad("empty_video", "the file has 0 bytes")
    missing = missing_bytes(file, size)
    if missing:
        detail = f"the file has {size} bytes, its container promises {missing} more; copy it again"
        raise bad("truncated_video", detail)
    height, width = declared_size(file, size)
    if height and width:
        check_size(height, width, max_pixels=max_pixels)


def _video_stream(container: Any, max_pixels: int, threads: int) -> Any:
    if not container.streams.video:
        kinds = [stream.type for stream in container.streams]
        raise bad("no_video_stream", f"found streams {kinds}, expected a video stream")
    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    stream = (films or container.streams.video)[0]  # a cover picture may come first
    codec = stream.codec_context
    if codec is None:
        raise bad("unsupported_codec", "the installed PyAV has no decoder for this video stream")
    if not codec.width or not codec.height:
        detail = (
            f"no picture size, or one above {max_pixels} pixels; raise `max_pixels` if it is right"
        )
        raise bad("absurd_dimensions", detail)
    check_size(codec.height, codec.width, max_pixels=max_pixels)
    codec.options = {"max_pixels": str(max_pixels)}
    codec.thread_count = threads
    codec.thread_type = "SLICE" if threads == 1 else "AUTO"
    return stream
