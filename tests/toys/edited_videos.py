"""Videos as cameras, phones, browsers and editors really write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def with_edits(data: bytes, *edits: tuple[float, float | None]) -> bytes:
    """Change the edit list of an MP4, as phones and editors trim: without touching a sample.

    Args:
        data: the file; its ``moov`` box comes last.
        edits: (seconds shown, from which second of the media on, or None to show nothing).
    """
    assert data.index(b"mdat") < data.index(b"moov"), "no sample may move"
    at = data.index(b"elst") - 4
    end = at + int.from_bytes(data[at : at + 4], "big")
    movie, media = data.index(b"mvhd") + 16, data.index(b"mdhd") + 16
    movie_scale, media_scale = (int.from_bytes(data[p : p + 4], "big") for p in (movie, media))
    first = int.from_bytes(data[at + 20 : at + 24], "big")
    rows = [
        (round(keep * movie_scale), -1 if start is None else first + round(start * media_scale))
        for keep, start in edits
    ]
    entries = b"".join(struct.pack(">IiI", *row, 1 << 16) for row in rows)
    box = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, len(rows)) + entries
    out = _grown(data, at, (b"edts", b"trak", b"moov"), len(box) - (end - at))
    return out[:at] + box + out[end:]


def _grown(data: bytes, at: int, kinds: Sequence[bytes], by: int) -> bytes:
    """Make the boxes around position ``at`` longer."""
    out = bytearray(data)
    for kind in kinds:
        place = data.rindex(kind, 0, at + 8) - 4
        length = int.from_bytes(data[place : place + 4], "big") + by
        out[place : place + 4] = struct.pack(">I", length)
    return bytes(out)


def with_clean_aperture(data: bytes, numbers: Sequence[int]) -> bytes:
    """Put a ``clap`` box into the sample entry of an MP4 whose ``moov`` box comes last."""
    assert data.index(b"mdat") < data.index(b"moov"), "no sample may move"
    box = struct.pack(">I4s8i", 40, b"clap", *numbers)
    entry = data.index(b"avc1", data.index(b"stsd")) - 4
    end = entry + int.from_bytes(data[entry : entry + 4], "big")
    around = (b"avc1", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov")
    out = _grown(data, entry, around, len(box))
    return out[:end] + box + out[end:]


def without_default_duration(data: bytes) -> bytes:
    """Make the default duration of a WebM's track void, as browsers leave it out."""
    at = data.index(b"\x23\xe3\x83\x84")
    return data[:at] + b"\xec\x86" + bytes(6) + data[at + 8 :]


def with_header_first(data: bytes) -> bytes:
    """Move the ``moov`` box of an MP4 in front of its media, as files for the web have it."""
    media, header = data.index(b"mdat") - 4, data.index(b"moov") - 4
    moved = bytearray(data[header:])
    at = moved.index(b"stco") + 8
    count = int.from_bytes(moved[at : at + 4], "big")
    for place in range(at + 4, at + 4 + 4 * count, 4):
        offset = int.from_bytes(moved[place : place + 4], "big") + len(moved)
        moved[place : place + 4] = struct.pack(">I", offset)
    return data[:media] + bytes(moved) + data[media:header]


def with_pixel_crop(data: bytes, *, top: int, bottom: int, left: int, right: int) -> bytes:
    """Put the four crops of a Matroska track where its muxer left room behind the video element."""
    at = data.index(b"\xe0\x8a\xb0")
    end = at + 2 + 10 + 4 + 11  # the element, one of no interest, and a void one
    assert data[at + 12 : at + 16] == b"\x55\xee\x81\x00"
    assert data[at + 16] == 0xEC
    sides = {b"\x54\xbb": top, b"\x54\xaa": bottom, b"\x54\xcc": left, b"\x54\xdd": right}
    crops = b"".join(kind + b"\x81" + bytes([value]) for kind, value in sides.items())
    video = data[at + 2 : at + 8] + crops + b"\xec\x81\x00"
    out = data[:at] + b"\xe0" + bytes([0x80 | len(video)]) + video + data[end:]
    assert len(out) == len(data)
    return out
