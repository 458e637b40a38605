"""Which files of a folder become recordings: linked folders do, hidden twins and loops do not."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputs
from lapa.data.sources import open_source
from lapa.data.sources.base.folder_walk import recordings_below
from toys.videos import write_gray_video

VIDEOS = frozenset({".mp4", ".mov"})


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(root: Path, report: BadInputs | None = None) -> list[str]:
    return recordings_below(root, VIDEOS, source="s", report=report or BadInputs())


def left_out(root: Path) -> Counter[str]:
    report = BadInputs()
    found(root, report)
    assert not report.records
    return report.left_out.get("s", Counter())


@pytest.mark.parametrize(
    "name",
    [
        "._a.mp4",
        ".a.mp4",
        "__MACOSX/a.mp4",
        "__macosx/._a.mp4",
        "@eaDir/a.mp4",
        ".ipynb_checkpoints/a.mp4",
        ".Trash-1000/files/a.mp4",
        "$RECYCLE.BIN/a.mp4",
        "#recycle/a.mp4",
        "System Volume Information/a.mp4",
        "deep/.git/objects/a.mp4",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    ],
)
def test_what_systems_leave_behind_is_no_recording_and_is_counted(
    tmp_path: Path, name: str
) -> None:
    touch(tmp_path / "a.mp4", tmp_path / name)
    assert found(tmp_path) == ["a.mp4"]
    assert left_out(tmp_path) == {"hidden or left by a system": 1}


def test_every_other_file_is_counted_by_suffix(tmp_path: Path) -> None:
    touch(*(tmp_path / name for name in ("a.MP4", "b.Mov", "c.txt", "d/e.TXT", "README", "f.rm")))
    assert found(tmp_path) == ["a.MP4", "b.Mov"]
    assert left_out(tmp_path) == {"suffix .txt": 2, "no suffix": 1, "suffix .rm": 1}


def test_linked_folders_are_walked_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path / "root/batch10/a.mp4", tmp_path / "disk2/batch/b.mp4")
    os.symlink(tmp_path / "disk2/batch", tmp_path / "root/batch2")
    assert found(tmp_path / "root") == ["batch2/b.mp4", "batch10/a.mp4"]


@pytest.mark.parametrize("target", [".", "..", "../..", "/"])
def test_links_that_lead_back_are_no_loop(tmp_path: Path, target: str) -> None:
    root = tmp_path / "root"
    touch(root / "x/a.mp4")
    os.symlink(target, root / "x/back")
    assert found(root) == ["x/a.mp4"]
    assert left_out(root) == {"link that leads back to a folder above it: back": 1}


def test_two_folders_that_link_to_each_other(tmp_path: Path) -> None:
    touch(tmp_path / "root/x/a.mp4", tmp_path / "root/y/b.mp4")
    os.symlink(tmp_path / "root/y", tmp_path / "root/x/to_y")
    os.symlink(tmp_path / "root/x", tmp_path / "root/y/to_x")
    names = {Path(path).name for path in found(tmp_path / "root")}
    assert names == {"a.mp4", "b.mp4"}
    assert len(found(tmp_path / "root")) == 2


def test_a_loop_outside_the_root(tmp_path: Path) -> None:
    touch(tmp_path / "disk/far/a.mp4")
    (tmp_path / "root").mkdir()
    os.symlink(tmp_path / "disk/far", tmp_path / "root/far")
    os.symlink(tmp_path / "disk", tmp_path / "disk/far/up")
    assert found(tmp_path / "root") == ["far/a.mp4"]


def test_a_folder_under_two_names_is_read_once(tmp_path: Path) -> None:
    touch(tmp_path / "one/a.mp4")
    os.symlink("one", tmp_path / "two")
    assert found(tmp_path) == ["one/a.mp4"]
    assert left_out(tmp_path) == {"folder read already under another name: two": 1}


def test_a_file_under_two_names_is_read_once_by_its_own(tmp_path: Path) -> None:
    touch(tmp_path / "z.mp4")
    os.symlink("z.mp4", tmp_path / "a.mp4")
    os.symlink("a.mp4", tmp_path / "b.mp4")
    assert found(tmp_path) == ["z.mp4"]
    assert left_out(tmp_path) == {"link to a file that is read already": 2}


def test_linked_files_of_a_cache_are_read(tmp_path: Path) -> None:
    touch(tmp_path / "blobs/123", tmp_path / "blobs/456")
    (tmp_path / "snapshot").mkdir()
    for name, blob in (("a.mp4", "123"), ("b.mp4", "456")):
        os.symlink(f"../blobs/{blob}", tmp_path / "snapshot" / name)
    assert found(tmp_path / "snapshot") == ["a.mp4", "b.mp4"]


def test_broken_links_are_named_and_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    write_gray_video(tmp_path / "ok.mp4")
    os.symlink("nowhere", tmp_path / "gone.mp4")
    os.symlink("itself.mp4", tmp_path / "itself.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    os.symlink("/dev/zero", tmp_path / "zero.mp4")
    report = BadInputs()
    assert [e.episode_id for e in open_source("video_folder", tmp_path, report=report)] == ["ok"]
    assert [r.item for r in report.records] == ["gone.mp4", "itself.mp4"]
    assert set(report.left_out[tmp_path.name]) == {
        "neither file nor folder: pipe.mp4",
        "neither file nor folder: zero.mp4",
    }


@pytest.mark.parametrize("name", ["a.mp4", "a.txt", "a.json"])
def test_a_link_to_a_secret_gives_nothing_away(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "etc/passwd"
    touch(secret)
    secret.write_text("root:x:0:0:root:/root:/bin/bash")
    write_gray_video(tmp_path / "root/a.mp4" if name != "a.mp4" else tmp_path / "root/b.mp4")
    os.symlink(secret, tmp_path / "root" / name)
    report = BadInputs()
    for episode in open_source("video_folder", tmp_path / "root", report=report):
        assert "root:x" not in episode.instruction
    assert [record.reason for record in report.records] == [
        "unreadable_video" if name == "a.mp4" else "unsafe_path"
    ]
    assert "root:x" not in report.records[0].detail


def test_texts_in_linked_folders_and_caches_are_read(tmp_path: Path) -> None:
    write_gray_video(tmp_path / "disk/batch/a.mp4")
    (tmp_path / "disk/batch/a.txt").write_text("open the drawer")
    (tmp_path / "root").mkdir()
    os.symlink(tmp_path / "disk/batch", tmp_path / "root/batch")
    write_gray_video(tmp_path / "blobs/1")
    (tmp_path / "blobs/2").write_text("pour the coffee")
    os.symlink("../blobs/1", tmp_path / "root/b.mp4")
    os.symlink("../blobs/2", tmp_path / "root/b.txt")
    found = {e.episode_id: e.instruction for e in open_source("video_folder", tmp_path / "root")}
    assert found == {"b": "pour the coffee", "batch/a": "open the drawer"}


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "a/1.mp4", tmp_path / "b/2.mp4", tmp_path / "c/3.mp4")
    listing = os.scandir

    def denied(path: str) -> object:
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", denied)
    report = BadInputs()
    assert found(tmp_path, report) == ["a/1.mp4", "c/3.mp4"]
    (record,) = report.records
    assert (record.item, record.reason) == ("b", "unreadable_file")


def test_deep_trees(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*("d" * 1 for _ in range(800)))
    touch(deep / "a.mp4")
    assert len(found(tmp_path)) == 1
