"""What a video container promises, read without a demuxer: its length and its picture size.

Demuxers read a cut-off file as if it simply ended earlier, and believe the codec where the header
contradicts it, so both promises are checked directly: the boxes of MP4/MOV (ISO/IEC 14496-12), the
segment of Matroska/WebM (RFC 8794), the RIFF chunk of AVI.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

EBML_SIGNATURE: Final = b"\x1a\x45\xdf\xa3"
EBML_SEGMENT: Final = b"\x18\x53\x80\x67"
ISO_FIRST_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
ISO_PARENTS: Final = (b"moov", b"trak")
"""The boxes on the way to a track header."""


def missing_bytes(file: BinaryIO, size: int) -> int:
    """Return how many promised bytes ``file`` (of ``size`` bytes) lacks; 0 for unknown containers."""
    file.seek(0)
    start = file.read(12)
    if start[4:8] in ISO_FIRST_BOXES:
        ends = [end for _, _, end in _boxes(file, 0, size)]
        return max(max(ends, default=0) - size, 0)
    if start[:4] == EBML_SIGNATURE:
        return max(_end_of_segment(file, size) - size, 0)
    if start[:4] == b"RIFF" and len(start) >= 8:
        return max(int(struct.unpack("<I", start[4:8])[0]) + 8 - size, 0)
    return 0


def declared_size(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return the largest (height, width) an MP4/MOV header declares; (0, 0) for other containers."""
    file.seek(0)
    if file.read(12)[4:8] not in ISO_FIRST_BOXES:
        return 0, 0
    found = list(_track_sizes(file, 0, size))
    return max(found, key=lambda dimensions: dimensions[0] * dimensions[1], default=(0, 0))


def _track_sizes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (height, width) of every track header; they are its last two 16.16 numbers."""
    for kind, inside, box_end in _boxes(file, start, end):
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
    for kind, inside, box_end in _boxes(file, start, end):
        if kind in (b"minf", b"stbl"):
            yield from _sample_sizes(file, inside, box_end)
        elif kind == b"hdlr":
            file.seek(inside + 8)
            if file.read(4) != b"vide":
                return
        elif kind == b"stsd":
            for _, entry, entry_end in _boxes(file, inside + 8, box_end):
                if entry + 28 <= entry_end:
                    file.seek(entry + 24)
                    width, height = struct.unpack(">HH", file.read(4))
                    yield height, width


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, where its content starts, where it ends) of the boxes in ``[start, end)``.

    A box starts with its length: 1 means that 64 bits follow the kind, 0 that it goes to the end.
    """
    position = start
    while position + 8 <= end:
        file.seek(position)
        header = file.read(16)
        length, inside = int.from_bytes(header[:4], "big"), position + 8
        if length == 1:
            length, inside = int.from_bytes(header[8:16], "big"), position + 16
        if length == 0:
            length = end - position
        if length < inside - position:
            return
        yield header[4:8], inside, position + length
        position += length


def _end_of_segment(file: BinaryIO, size: int) -> int:
    """Read past the EBML header to the segment; a live recording's is of unknown length."""
    file.seek(4)
    header_length, position = _ebml_size(file)
    file.seek(position + (header_length or 0))
    if file.read(4) != EBML_SEGMENT:
        return size
    length, position = _ebml_size(file)
    return size if length is None else position + length


def _ebml_size(file: BinaryIO) -> tuple[int | None, int]:
    """Return (variable-length size at the file's position or None for unknown, position after)."""
    first = file.read(1)
    width = 9 - first[0].bit_length() if first and first[0] else 8
    unknown = (1 << 7 * width) - 1
    value = int.from_bytes(first + file.read(width - 1), "big") & unknown
    return (None if value == unknown else value), file.tell()
