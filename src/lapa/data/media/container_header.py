"""What a video container promises, read without a demuxer: its length and its picture size.

Demuxers read a cut-off file as if it simply ended earlier, and believe the codec where the header
contradicts it, so both promises are checked directly: the boxes of MP4/MOV (ISO/IEC 14496-12), the
segment of Matroska/WebM (RFC 8794), the RIFF chunk of AVI. What cameras append behind the end
(trailers, padding, text) promises nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from lapa.data.media.ebml import SIGNATURE, end_of_segment
from lapa.data.media.iso_boxes import boxes, is_iso

ISO_PARENTS: Final = (b"moov", b"trak")
"""The boxes on the way to a track header."""
RIFF_UNKNOWN: Final = (0, 0xFFFFFFFF)
"""Lengths of a RIFF chunk that nobody has filled in: a recorder was stopped, or wrote to a pipe."""


def missing_bytes(file: BinaryIO, size: int) -> int:
    """Return how many promised bytes ``file`` (of ``size`` bytes) lacks; 0 for unknown containers."""
    file.seek(0)
    start = file.read(12)
    if is_iso(start):
        return max(_end_of_boxes(file, size) - size, 0)
    if start[:4] == SIGNATURE:
        return max(end_of_segment(file, size) - size, 0)
    if start[:4] == b"RIFF" and len(start) >= 8:
        length = int(struct.unpack("<I", start[4:8])[0])
        return 0 if length in RIFF_UNKNOWN else max(length + 8 - size, 0)
    return 0


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Return where the last box ends that the recording needs.

    Behind a whole ``moov`` box ``mdat`` needs no check: the sample table tells where each frame lies.
    Boxes of other kinds, and bytes that only look like a box, belong to no frame.
    """
    needed, end = {b"moov", b"moof", b"mdat"}, 0
    for kind, _, box_end in boxes(file, 0, size):
        if kind == b"moov" and box_end <= size:
            needed = {b"moof"}
        if kind == b"moof":
            needed = {b"moof", b"mdat"}
        if kind in needed:
            end = max(end, box_end)
    return end


def declared_size(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return the largest (height, width) an MP4/MOV header declares; (0, 0) for other containers."""
    file.seek(0)
    if not is_iso(file.read(12)):
        return 0, 0
    sizes = list(_track_sizes(file, 0, size))
    return max(sizes, key=lambda dimensions: dimensions[0] * dimensions[1], default=(0, 0))


def _track_sizes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (height, width) of every track header; they are its last two 16.16 numbers."""
    for kind, inside, box_end in boxes(file, start, end):
        if kind in ISO_PARENTS:
            yield from _track_sizes(file, inside, box_end)
        elif kind == b"tkhd" and inside + 8 <= box_end <= end:
            file.seek(box_end - 8)
            width, height = struct.unpack(">II", file.read(8))
            yield height >> 16, width >> 16
        elif kind == b"mdia" and box_end <= end:
            yield from _sample_sizes(file, inside, box_end)


def _sample_sizes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (height, width) of the visual sample entries below one ``mdia`` box."""
    for kind, inside, box_end in boxes(file, start, end):
        if kind in (b"minf", b"stbl"):
            yield from _sample_sizes(file, inside, box_end)
        elif kind == b"hdlr":
            file.seek(inside + 8)
            if file.read(4) != b"vide":
                return
        elif kind == b"stsd":
            for _, entry, entry_end in boxes(file, inside + 8, box_end):
                if entry + 28 <= entry_end:
                    file.seek(entry + 24)
                    width, height = struct.unpack(">HH", file.read(4))
                    yield height, width
