"""The tfrecord container: length, masked CRC, bytes, masked CRC; one record in memory at a time.

Framing after https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details:
``uint64 length``, ``uint32 crc(length)``, ``byte data[length]``, ``uint32 crc(data)``, little
endian, CRC-32C masked as ``((crc >> 15) | (crc << 17)) + 0xa282ead8``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import crc32c

from lapa.data.bad_input import BadInputError, OnBad, bad, naming, raise_bad
from lapa.data.limits import MAX_RECORD_BYTES
from lapa.data.sources.base.regular_file import open_regular

HEADER: Final = struct.Struct("<QI")
FOOTER: Final = struct.Struct("<I")
GZIP_SIGNATURE: Final = b"\x1f\x8b"


def masked_crc(data: bytes) -> int:
    """CRC-32C of ``data``, masked as tfrecords store it."""
    crc: int = crc32c.crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frame_record(data: bytes) -> bytes:
    """Frame ``data`` as one tfrecord record."""
    length = struct.pack("<Q", len(data))
    crcs = (FOOTER.pack(masked_crc(part)) for part in (length, data))
    return length + next(crcs) + data + next(crcs)


@dataclass(frozen=True)
class RecordPlace:
    """Where a record lies; enough to read it without those before it."""

    path: Path
    number: int
    offset: int


def placed_records(
    path: Path, *, source: str = "", report: OnBad = raise_bad
) -> Iterator[tuple[RecordPlace, bytes]]:
    """Yield (place, bytes) of every sound record.

    A record whose data fails its CRC is reported (``wrong_crc``) and skipped. After a truncation or a
    damaged length nothing later can be found: reported (``truncated_tfrecord``,
    ``wrong_length_crc``) with the bytes that are lost, and reading of this file ends.
    """
    size = path.stat().st_size
    with open_regular(path) as file:
        number = 0
        while (start := file.tell()) < size:
            try:
                with naming(source, f"{path.name} record {number}"):
                    data, is_sound = _read_record(file, size)
            except BadInputError as error:
                report(error.record)
                return
            if is_sound:
                yield RecordPlace(path, number, start), data
            else:
                report(_wrong_crc(data, file, source, f"{path.name} record {number}").record)
            number += 1


def read_record(place: RecordPlace) -> bytes:
    """Return one record.

    Raises:
        BadInputError: it is damaged, or no longer there.
    """
    with open_regular(place.path) as file:
        file.seek(place.offset)
        data, is_sound = _read_record(file, place.path.stat().st_size)
        if not is_sound:
            raise _wrong_crc(data, file, "", "")
    return data


def _wrong_crc(data: bytes, file: BinaryIO, source: str, item: str) -> BadInputError:
    problem = f"{len(data)} bytes before offset {file.tell()} do not match their CRC"
    return bad("wrong_crc", problem, source=source, item=item)


def _read_record(file: BinaryIO, size: int) -> tuple[bytes, bool]:
    """Return the record at the file's position and whether its data matches its CRC."""
    start = file.tell()
    header = file.read(HEADER.size)
    if header.startswith(GZIP_SIGNATURE) and start == 0:
        raise bad(
            "compressed_tfrecord", "the file is gzip, expected a plain tfrecord; gunzip it first"
        )
    if len(header) < HEADER.size:
        raise bad("truncated_tfrecord", f"{len(header)} bytes at offset {start}, a header has 12")
    length, length_crc = HEADER.unpack(header)
    if masked_crc(header[:8]) != length_crc:
        raise bad(
            "wrong_length_crc",
            f"the length at offset {start} does not match its CRC: not a tfrecord, or damaged; "
            f"the {size - start} bytes from here on are lost",
        )
    left = size - file.tell() - FOOTER.size
    if length > left:
        raise bad(
            "truncated_tfrecord",
            f"a record of {length} bytes at offset {start}, but the file holds {max(left, 0)} more; "
            "copy the file again",
        )
    if length > MAX_RECORD_BYTES:
        detail = (
            f"a record of {length} bytes at offset {start}, expected at most {MAX_RECORD_BYTES}"
        )
        raise bad("absurd_dimensions", f"{detail}; the {left - length} bytes behind it are lost")
    data = file.read(length)
    return data, FOOTER.unpack(file.read(FOOTER.size))[0] == masked_crc(data)
