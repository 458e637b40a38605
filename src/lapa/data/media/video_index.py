"""Which frames a video really holds: read from its packets, not from its header."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, bad
from lapa.data.limits import MAX_FRAMES
from lapa.data.media.video_file import VideoFile

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

    def since(self, first: int) -> VideoIndex:
        """Leave out the frames that are shown before the time ``first``."""
        hidden = int(np.searchsorted(self.times, first))
        keys = self.key_frames >= hidden
        return VideoIndex(
            self.num_frames - hidden,
            self.times[hidden:],
            self.key_frames[keys] - hidden,
            self.seek_times[keys],
        )


def read_sample_table(file: VideoFile) -> NDArray[np.int64] | None:
    """Return the sorted times at which an MP4's frames are shown, from its tables, or None.

    The tables say where every frame lies, so the file need not be read to count them; that they
    all lie inside the file is checked. Fragmented files and other containers have no such table, and
    where an edit list hides frames, or offsets do not fit, only the packets tell.

    Raises:
        BadInputError: ``truncated_video``: the table points beyond the end of the file; ``endless_video``.
    """
    container, stream = file.container, file.stream
    if "mp4" not in container.format.name:
        return None
    entries = _stored_entries(stream)
    end = max((entry.pos + entry.size for entry in entries), default=0)
    _require_end(len(entries))
    if end > file.size:
        detail = f"its frames end at byte {end}, the file at {file.size}; copy it again"
        raise bad("truncated_video", detail)
    if not 0 < stream.frames == len(entries) or not _packets_are_frames(container, stream):
        return None
    if any(not entry.size or entry.is_discard for entry in entries):
        return None
    times = np.array([entry.timestamp for entry in entries], np.int64)
    offsets = file.composition_offsets()
    if offsets is not None:
        if len(offsets) != len(times):
            return None
        times = times + offsets
    return np.sort(times)


def read_index(container: Any, stream: Any) -> VideoIndex:
    """Read every packet once, or decode every frame where packets do not tell which frames are shown.

    Keeps a few bytes per frame. Leaves the container at its end.

    Raises:
        BadInputError: ``truncated_video`` (fewer packets than the file's own index lists),
            ``no_frames``, ``endless_video`` or ``corrupt_video``.
    """
    promised = len(_stored_entries(stream)) or stream.frames
    if not _packets_are_frames(container, stream):
        return _read_by_decoding(container, stream)
    times, decode_times, keys = array("q"), array("q"), array("b")
    total = untimed = 0
    for packet in _packets(container, stream):
        total += 1
        _require_end(total)
        if packet.is_discard or not packet.size:
            continue
        untimed += packet.pts is None
        times.append(packet.pts or 0)
        decode_times.append(packet.pts or 0 if packet.dts is None else packet.dts)
        keys.append(packet.is_keyframe)
    if total < promised:
        detail = f"found {total} frames, the file's own index lists {promised}; copy it again"
        raise bad("truncated_video", detail)
    if not times:
        raise bad("no_frames", "the video stream holds no frames")
    if untimed or len(set(times)) < len(times):
        return _without_times(len(times))
    seek_by = decode_times if "mp4" in container.format.name else times
    return _index(np.array(times), np.array(seek_by), np.array(keys, bool))


def _require_end(frames: int) -> None:
    if frames > MAX_FRAMES:
        detail = f"over {MAX_FRAMES} frames, the most of one recording; cut it into shorter ones"
        raise bad("endless_video", detail)


def _stored_entries(stream: Any) -> list[Any]:
    """What the file's own index lists; nothing with PyAV 15, which does not show it."""
    return list(getattr(stream, "index_entries", ()))


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
    """AVI may pack two MPEG-4 frames into one packet, and knows no order of showing but the stored."""
    decoder = stream.codec_context.name
    name = DECODER_OF.get(decoder, decoder)
    if container.format.name == "avi":
        return bool(name == "mjpeg")
    return has_exact_seek(container) and name in ONE_FRAME_PER_PACKET


def has_exact_seek(container: Any) -> bool:
    """Tell whether an index leads to key frames; streams made for broadcast are searched by guessing."""
    names = str(container.format.name)
    return any(name in names for name in ("mp4", "matroska", "avi"))


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                raise _cut_packet(container, packet)
            if packet.size or packet.dts is not None:
                yield packet
    except av.FFmpegError as error:
        raise bad("corrupt_video", f"packets cannot be read: {error}") from error


def _cut_packet(container: Any, packet: Any) -> BadInputError:
    """A transport stream also marks packets lost on the way, anywhere in the file."""
    if container.format.name == "mpegts":
        where = (
            "at an unknown time" if packet.pts is None else f"at {packet.pts * packet.time_base} s"
        )
        return bad("corrupt_video", f"parts of a packet {where} are lost")
    return bad("truncated_video", "a packet is cut off; copy the file again")


def _read_by_decoding(container: Any, stream: Any) -> VideoIndex:
    times, keys, untimed = array("q"), array("b"), 0
    try:
        for frame in container.decode(stream):
            _require_end(len(times))
            untimed += frame.pts is None
            times.append(frame.pts or 0)
            keys.append(frame.key_frame)
    except av.FFmpegError as error:
        raise bad("corrupt_video", f"decoding failed: {error}") from error
    if not times:
        raise bad("no_frames", "the video stream holds no frames")
    if untimed or (np.diff(times) <= 0).any():
        return _without_times(len(times))
    shown, is_key = np.array(times), np.array(keys, bool)
    return _index(shown, shown, is_key if has_exact_seek(container) else np.zeros_like(is_key))
