"""Images and videos of absurd sizes and lengths."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

from toys.known_frames import gray_frames
from toys.videos import encode_video

SIDE = 30_000


def _png(side: int) -> bytes:
    """The header of a PNG and one row of it."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(9))),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*parts, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _jpeg(side: int) -> bytes:
    data = bytearray(cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    start = data.index(b"\xff\xc0")  # start of frame: length, precision, height, width
    data[start + 5 : start + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def _sequence(folder: Path, image: bytes) -> None:
    (folder / "b").mkdir()
    for number in range(2):
        (folder / "b" / f"{number}.png").write_bytes(image)


def large_png(folder: Path) -> None:
    _sequence(folder, _png(SIDE))


def large_jpeg(folder: Path) -> None:
    _sequence(folder, _jpeg(SIDE))


def long_png(folder: Path) -> None:
    """A small picture, and 5 GB of nothing behind it."""
    _sequence(folder, _png(8))
    for path in (folder / "b").iterdir():
        with path.open("r+b") as file:
            file.truncate(5 << 30)


def large_video(folder: Path) -> None:
    data = bytearray(encode_video(gray_frames(4)))
    end = data.index(b"tkhd") - 4 + struct.unpack_from(">I", data, data.index(b"tkhd") - 4)[0]
    data[end - 8 : end] = struct.pack(">II", SIDE << 16, SIDE << 16)
    (folder / "b.mp4").write_bytes(data)


def endless_video(folder: Path) -> None:
    """Its sample table promises 2^30 frames."""
    data = bytearray(encode_video(gray_frames(4)))
    for kind, offset in ((b"stts", 12), (b"stsz", 12)):
        place = data.index(kind) + offset
        data[place : place + 4] = struct.pack(">I", 1 << 30)
    (folder / "b.mp4").write_bytes(data)
