"""What an MP4 or MOV says of its first video track that the demuxer keeps to itself.

The clean aperture (``clap``) that cuts the coded picture, and the composition offsets (``ctts``)
that turn times of decoding into times of showing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from lapa.data.media.display_geometry import Crop
from lapa.data.media.iso_boxes import boxes, is_iso

SAMPLE_ENTRY_BYTES: Final = 78
"""Fields of a visual sample entry before the boxes inside it."""


def composition_offsets(file: BinaryIO, size: int) -> NDArray[np.int64] | None:
    """Return how much later than decoded each frame is shown, in ticks; None where nothing says so.

    None also stands for a damaged table.
    """
    inside, end = _table(file, size, b"ctts")
    file.seek(inside)
    table = file.read(end - inside)
    if len(table) < 8:
        return None
    entries = int.from_bytes(table[4:8], "big")
    if len(table) < 8 + 8 * entries:
        return None
    runs = np.frombuffer(table, ">i4", count=2 * entries, offset=8).reshape(-1, 2).astype(np.int64)
    if (runs[:, 0] < 0).any() or int(runs[:, 0].sum()) > size:  # a frame takes a byte at least
        return None
    return np.repeat(runs[:, 1], runs[:, 0])


def clean_aperture(file: BinaryIO, size: int, *, height: int, width: int) -> Crop:
    """Return what the track cuts off a coded picture; nothing where it does not say.

    Four fractions: width and height of the aperture, and how far its middle lies right of and below
    the middle of the picture.
    """
    inside, end = _table(file, size, b"stsd")
    for _, entry, entry_end in boxes(file, inside + 8, end):
        for kind, content, content_end in boxes(file, entry + SAMPLE_ENTRY_BYTES, entry_end):
            if kind == b"clap" and content_end - content >= 32:
                file.seek(content)
                return _crop(struct.unpack(">8i", file.read(32)), height, width)
    return Crop()


def _crop(numbers: tuple[int, ...], height: int, width: int) -> Crop:
    if 0 in numbers[1::2]:
        return Crop()
    wide, high, right, down = (numbers[i] / numbers[i + 1] for i in range(0, 8, 2))
    left, top = round((width - wide) / 2 + right), round((height - high) / 2 + down)
    return Crop(
        top=top, left=left, bottom=height - top - round(high), right=width - left - round(wide)
    )


def _table(file: BinaryIO, size: int, wanted: bytes) -> tuple[int, int]:
    """Return where a box of the first video track's sample table begins and ends; (0, 0) without."""
    file.seek(0)
    if not is_iso(file.read(12)):
        return 0, 0
    places = (place for kind, *place in _tables(file, size) if kind == wanted)
    inside, end = next(places, (0, 0))
    return (inside, end) if end <= size else (0, 0)


def _tables(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes of the first video track's sample table."""
    for track in _below(file, (0, size), b"moov", b"trak"):
        for media in _below(file, track, b"mdia"):
            for handler in _below(file, media, b"hdlr"):
                file.seek(handler[0] + 8)
                if file.read(4) != b"vide":
                    break
                for table in _below(file, media, b"minf", b"stbl"):
                    yield from boxes(file, *table)
                return


def _below(
    file: BinaryIO, place: tuple[int, int], kind: bytes, *path: bytes
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the content of every box at ``kind/*path`` inside ``place``."""
    for box_kind, inside, end in boxes(file, *place):
        if box_kind == kind and end <= place[1]:
            if path:
                yield from _below(file, (inside, end), *path)
            else:
                yield inside, end
