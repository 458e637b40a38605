"""A format is told by the files that only it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.sources.source_kind import SIGNS, kind_of
from lapa.refused import RefusedError
from toys.lerobot import write_lerobot_v2
from toys.videos import write_gray_video


def touched(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_a_lerobot_dataset_with_its_videos(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "robot", [4])
    assert kind_of(tmp_path / "robot") == "lerobot"
    assert kind_of(tmp_path) == "lerobot"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("episode_000000/episode.json", "recorded"),
        ("1.0.0/features.json", "rlds"),
        ("bridge/1.0.0/features.json", "rlds"),
        ("demo.hdf5/nothing", "hdf5"),
        ("clip.mp4/nothing", "video_folder"),
    ],
)
def test_signs_of_a_folder(tmp_path: Path, file: str, kind: str) -> None:
    touched(tmp_path / "data" / file)
    assert kind_of(tmp_path / "data") == kind


def test_a_single_file(tmp_path: Path) -> None:
    assert kind_of(write_gray_video(tmp_path / "clip.mp4")) == "video_folder"
    assert kind_of(touched(tmp_path / "a" / "demo.H5")) == "hdf5"


def test_nothing_known_is_refused_with_what_there_is(tmp_path: Path) -> None:
    touched(tmp_path / "data" / "notes.txt")
    with pytest.raises(RefusedError, match=r"found \['notes.txt'\].*--kind .*lerobot"):
        kind_of(tmp_path / "data")


def test_every_sign_is_of_a_kind_that_exists() -> None:
    from lapa.data.sources.registry import source_kinds

    assert set(SIGNS) <= set(source_kinds())
