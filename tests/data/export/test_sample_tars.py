"""webdataset's writer gives equal bytes for equal contents, and says when a disk is full."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lapa.data.export.sample_tars import KEY, Sample, write_samples
from lapa.folders.full_disk import DiskFullError


def samples(count: int = 5) -> Iterator[Sample]:
    for number in range(count):
        yield {KEY: f"s-{number}", "t1.jpg": bytes([number]) * 700, "json": b"{}", "t.jpg": b"t"}


def test_members_are_complete_and_anonymous(tmp_path: Path) -> None:
    names = write_samples(tmp_path, samples(), per_tar=2)
    assert (
        names
        == sorted(path.name for path in tmp_path.iterdir())
        == [f"00000{i}.tar" for i in range(3)]
    )
    with tarfile.open(tmp_path / "000001.tar") as tar:
        members = tar.getmembers()
        assert [m.name for m in members[:4]] == ["s-2.json", "s-2.t.jpg", "s-2.t1.jpg", "s-3.json"]
        assert {(m.mtime, m.uname, m.gname, m.uid, m.mode) for m in members} == {
            (0, "", "", 0, 0o644)
        }
        assert tar.extractfile("s-2.t1.jpg").read() == b"\x02" * 700


def test_same_contents_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        write_samples(tmp_path / name, samples(), per_tar=100)
    one, other = ((tmp_path / name / "000000.tar").read_bytes() for name in "ab")
    assert one == other


def test_a_percent_sign_in_a_folder_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "100%d"
    folder.mkdir()
    write_samples(folder, samples(), per_tar=100)
    assert [path.name for path in folder.iterdir()] == ["000000.tar"]


def test_names_may_be_longer_than_old_tars_know(tmp_path: Path) -> None:
    long = [{KEY: "k" * 200, "json": b"{}"}]
    write_samples(tmp_path, long, per_tar=1)
    with tarfile.open(tmp_path / "000000.tar") as tar:
        assert tar.getnames() == [f"{'k' * 200}.json"]


def test_a_full_disk_is_not_taken_for_a_whole_tar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lapa.data.export.sample_tars.os.fsync", full)
    with pytest.raises(DiskFullError, match="free space"):
        write_samples(tmp_path, samples(), per_tar=2)
