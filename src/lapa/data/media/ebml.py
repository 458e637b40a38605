"""The elements of a Matroska or WebM file (RFC 8794, RFC 9559), walked without a demuxer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lapa.data.media.display_geometry import Crop

SIGNATURE: Final = b"\x1a\x45\xdf\xa3"
SEGMENT: Final = 0x18538067
CLUSTER: Final = 0x1F43B675
TRACKS: Final = 0x1654AE6B
TRACK: Final = 0xAE
TRACK_TYPE: Final = 0x83
VIDEO: Final = 0xE0
CROPS: Final = {0x54BB: "top", 0x54AA: "bottom", 0x54CC: "left", 0x54DD: "right"}
"""Pixels to leave out of the shown picture, by side."""
LARGEST_NUMBER: Final = 8
"""Bytes of an unsigned integer."""


def end_of_segment(file: BinaryIO, size: int) -> int:
    """Return where the first segment says it ends; ``size`` for a live recording, which does not."""
    for kind, _, end in elements(file, 0, size):
        if kind == SEGMENT:
            return end
    return size


def pixel_crop(file: BinaryIO, size: int) -> Crop:
    """Return what the first video track leaves out of its coded pictures."""
    for track in _below(file, (0, size), SEGMENT, TRACKS, TRACK):
        parts = {kind: (inside, end) for kind, inside, end in elements(file, *track)}
        if VIDEO in parts and _number(file, parts.get(TRACK_TYPE)) == 1:
            video = {kind: (inside, end) for kind, inside, end in elements(file, *parts[VIDEO])}
            return Crop(**{side: _number(file, video.get(kind)) for kind, side in CROPS.items()})
    return Crop()


def elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, where its content starts, where it ends) of the elements in ``[start, end)``.

    An element of unknown length goes to the end; the header of one begins with its own length.
    """
    position = start
    while position + 2 <= end:
        file.seek(position)
        kind = _variable(file)[0]
        length, unknown = _variable(file)
        inside = file.tell()
        if length is None or kind is None:
            return
        length &= unknown
        stop = end if length == unknown else inside + length
        yield kind, inside, stop
        position = stop


def _below(
    file: BinaryIO, place: tuple[int, int], kind: int, *path: int
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the content of every element at ``kind/*path``, before any picture."""
    for element_kind, inside, end in elements(file, *place):
        if element_kind == CLUSTER:
            return
        if element_kind == kind and path:
            yield from _below(file, (inside, end), *path)
        elif element_kind == kind:
            yield inside, end


def _number(file: BinaryIO, place: tuple[int, int] | None) -> int:
    if place is None or not 0 < place[1] - place[0] <= LARGEST_NUMBER:
        return 0
    file.seek(place[0])
    return int.from_bytes(file.read(place[1] - place[0]), "big")


def _variable(file: BinaryIO) -> tuple[int | None, int]:
    """Return (number with its length marker or None at the end, mask of the number alone)."""
    first = file.read(1)
    if not first:
        return None, 0
    width = 9 - first[0].bit_length() if first[0] else 8
    return int.from_bytes(first + file.read(width - 1), "big"), (1 << 7 * width) - 1
