"""Which frames a video really holds: read from its packets, not from its header."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad

ONE_FRAME_PER_PACKET: Final = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg"})
"""Codecs whose packets are frames; the others (VP8 hides some) are counted by decoding them."""
DECODER_OF: Final = {"libdav1d": "av1", "libaom": "av1"}
"""Decoders that are not called as their codec."""


@dataclass(frozen=True)
class VideoIndex:
    """Presentation times of all frames, and where decoding can start."""

    num_frames: int
    times: NDArray[np.int64]
    """Sorted, in the stream's time base; empty where the file has no usable ones."""
    key_frames: NDArray[np.int64]
    """Frame numbers, ascending."""
    seek_times: NDArray[np.int64]
    """What to seek to for each key frame."""


def read_sample_table(container: Any, stream: Any, file_size: int) -> NDArray[np.int64] | None:
    """Return the sorted decoding times of all frames from an MP4's sample table, or None without one.

    The table says where every frame lies, so the file need not be read to count them; that they
    all lie inside the file is checked. Fragmented files and other containers have no such table.

    Raises:
        BadInputError: ``truncated_video``: the table points beyond the end of the file.
    """
    entries = stream.index_entries
    if "mp4" not in container.format.name or not 0 < stream.frames == len(entries):
        return None
    if not _packets_are_frames(container, stream) or any(not entry.size for entry in entries):
        return None
    end = max(entry.pos + entry.size for entry in entries)
    if end > file_size:
        detail = f"its frames end at byte {end}, the file at {file_size}; copy it again"
        raise bad("truncated_video", detail)
    return np.sort([entry.timestamp for entry in entries if not entry.is_discard])


def read_index(container: Any, stream: Any) -> VideoIndex:
    """Read every packet once; keeps a few bytes per frame. Leaves the container at its end.

    Raises:
        BadInputError: ``truncated_video`` (fewer packets than the file's own index lists),
            ``no_frames`` or ``corrupt_video``.
    """
    if not _packets_are_frames(container, stream):
        return _without_times(_count_by_decoding(container, stream))
    times, decode_times, keys = array("q"), array("q"), array("b")
    total = untimed = 0
    for packet in _packets(container, stream):
        total += 1
        if packet.is_discard:
            continue
        untimed += packet.pts is None
        times.append(packet.pts or 0)
        decode_times.append(packet.pts or 0 if packet.dts is None else packet.dts)
        keys.append(packet.is_keyframe)
    if total < stream.frames:
        detail = f"found {total} frames, the file's own index lists {stream.frames}"
        raise bad("truncated_video", detail)
    if not times:
        raise bad("no_frames", "the video stream holds no frames")
    if untimed or len(set(times)) < len(times):
        return _without_times(len(times))
    seek_by = decode_times if "mp4" in container.format.name else times
    return _index(np.array(times), np.array(seek_by), np.array(keys, bool))


def _index(
    times: NDArray[np.int64], seek_by: NDArray[np.int64], keys: NDArray[np.bool_]
) -> VideoIndex:
    """Sort packets, which come in decoding order, into presentation order."""
    order = np.argsort(times)
    key_frames = np.flatnonzero(keys[order])
    return VideoIndex(len(times), times[order], key_frames, seek_by[order][key_frames])


def _without_times(num_frames: int) -> VideoIndex:
    none = np.empty(0, np.int64)
    return VideoIndex(num_frames, none, none, none)


def _packets_are_frames(container: Any, stream: Any) -> bool:
    """AVI may pack two MPEG-4 frames into one packet."""
    decoder = stream.codec_context.name
    name = DECODER_OF.get(decoder, decoder)
    packed = name == "mpeg4" and container.format.name == "avi"
    return name in ONE_FRAME_PER_PACKET and not packed


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                raise bad("truncated_video", "a packet is cut off; copy the file again")
            if packet.size:
                yield packet
    except av.FFmpegError as error:
        raise bad("corrupt_video", f"packets cannot be read: {error}") from error


def _count_by_decoding(container: Any, stream: Any) -> int:
    try:
        count = sum(1 for _ in container.decode(stream))
    except av.FFmpegError as error:
        raise bad("corrupt_video", f"decoding failed: {error}") from error
    if not count:
        raise bad("no_frames", "the video stream holds no frames")
    return count
