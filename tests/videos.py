"""Videos as cameras, phones, browsers and editors really write them."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction

import av
import numpy as np
from PIL import Image

from lapa.data.media.orientation import upright

MS = Fraction(1, 1000)
ONE = 1 << 16
MATRICES = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}


def stored_for(shown: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels which a camera stores so that ``shown`` comes out."""
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    return upright(shown, inverse)


def matrix_of(orientation: int, scale: int = ONE) -> list[int]:
    a, b, c, d = (value * scale for value in MATRICES[orientation])
    return [a, b, 0, c, d, 0, 0, 0, 1 << 30]


def with_exif(image: np.ndarray, orientation: int, kind: str, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, exif=exif, **options)
    return file.getvalue()


def landmarks(height: int = 48, width: int = 64) -> np.ndarray:
    """A picture that tells which way up it is: red above, blue at the left, green at the right."""
    image = np.full((height, width, 3), 90, np.uint8)
    image[:, : width // 4] = (30, 30, 220)
    image[:, -width // 4 :] = (30, 200, 30)
    image[: height // 4] = (220, 30, 30)
    return image


def is_like(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Same shape and, but for what codecs do, the same picture."""
    return found.shape == wanted.shape and float(np.abs(found.astype(float) - wanted).mean()) < 12


def film(
    frames: np.ndarray,
    *,
    codec: str = "libx264",
    container: str = "mp4",
    fps: float = 10,
    times_ms: Sequence[int] | None = None,
    rotation: float = 0,
    hflip: bool = False,
    vflip: bool = False,
    matrix: Sequence[int] | None = None,
    pixel_aspect: Fraction | None = None,
    pixel_format: str = "yuv420p",
    gop: int = 8,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> bytes:
    """Encode ``uint8 (frame, height, width, 3)`` with what a container can say about showing it."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options=dict(container_options or {})) as file:
        stream = file.add_stream(codec, rate=Fraction(fps).limit_denominator(1000))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt, stream.gop_size, stream.thread_count = pixel_format, gop, 1
        stream.options = dict(options or {})
        if times_ms is not None:
            stream.codec_context.time_base = MS
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation or hflip or vflip:
            stream.set_display_rotation(rotation, hflip=hflip, vflip=vflip)
        if matrix is not None:
            stream.set_display_matrix(matrix)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[number], MS
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return buffer.getvalue()


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
