"""The boxes of an MP4 or MOV file (ISO/IEC 14496-12), walked without reading their contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

FIRST_BOXES: Final = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"uuid", b"udta"}
    | {b"pnot", b"sidx", b"meta", b"pdin"}
)
"""What a file of this family begins with."""


def is_iso(start: bytes) -> bool:
    """Tell from its first eight bytes whether a file consists of boxes."""
    return start[4:8] in FIRST_BOXES


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
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
