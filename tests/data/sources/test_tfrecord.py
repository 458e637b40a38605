"""The container: sound records pass, damaged ones are named, the rest survives."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources.tfrecord import frame_record, masked_crc, placed_records

RECORDS = [b"first", b"", b"third" * 1000]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "d-train.tfrecord-00000-of-00001"
    path.write_bytes(b"".join(frame_record(record) for record in RECORDS))
    return path


def damaged(path: Path, position: int) -> Path:
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(data)
    return path


def read_with_skips(path: Path) -> tuple[list[bytes], list[str]]:
    report = BadInputs()
    records = [data for _, data in placed_records(path, source="d", report=report)]
    return records, [record.reason for record in report.records]


def test_masked_crc_is_the_one_of_the_format() -> None:
    # CRC-32C of 32 zero bytes is 0x8a9136aa (RFC 3720, B.4); masked by rotation and constant.
    assert masked_crc(bytes(32)) == (((0x8A9136AA >> 15) | (0x8A9136AA << 17)) + 0xA282EAD8) % 2**32


def test_round_trip(path: Path) -> None:
    placed = [(place.number, data) for place, data in placed_records(path)]
    assert placed == list(enumerate(RECORDS))


def test_wrong_data_crc_costs_one_record(path: Path) -> None:
    records, reasons = read_with_skips(damaged(path, 13))
    assert records == RECORDS[1:]
    assert reasons == ["wrong_crc"]


def test_wrong_length_costs_the_rest_of_the_file(path: Path) -> None:
    records, reasons = read_with_skips(damaged(path, 21))
    assert records == RECORDS[:1]
    assert reasons == ["wrong_length_crc"]


@pytest.mark.parametrize("cut", [1, 3, 5, 100, 5013])
def test_truncation_keeps_what_came_before(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    records, reasons = read_with_skips(path)
    assert records == RECORDS[:2]
    assert reasons == ["truncated_tfrecord"]


def test_raise_names_file_record_and_remedy(path: Path) -> None:
    with pytest.raises(BadInputError, match=r"tfrecord-00000-of-00001 record 0: wrong_crc"):
        list(placed_records(damaged(path, 13)))


def test_gzip_is_named(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(BadInputError, match="compressed_tfrecord"):
        list(placed_records(path))
