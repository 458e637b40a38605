"""Folders of images: natural order, Something-Something-v2 labels, damage."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources import open_source
from lapa.data.sources.video.image_folder import number_gaps
from lapa.jpeg import encode_jpeg
from toys.known_frames import gray_frames, numbers_of


def write_sequence(folder: Path, num_frames: int = 4, pattern: str = "{:06d}.jpg") -> Path:
    folder.mkdir(parents=True)
    for number, frame in enumerate(gray_frames(num_frames, 8, 10)):
        path = folder / pattern.format(number)
        png = path.suffix == ".png"
        path.write_bytes(cv2.imencode(".png", frame)[1].tobytes() if png else encode_jpeg(frame))
    return folder


def test_unpadded_numbers_are_in_natural_order(tmp_path: Path) -> None:
    write_sequence(tmp_path / "seq", 12, "frame{}.png")
    episode = next(open_source("image_folder", tmp_path, fps=12))
    assert numbers_of(episode.frames()) == list(range(12))
    assert numbers_of(episode.frames([11, 2])) == [11, 2]
    assert (episode.episode_id, episode.fps, episode.num_frames) == ("seq", 12, 12)


def test_something_something_layout(tmp_path: Path) -> None:
    for number in ("74225", "9"):
        write_sequence(tmp_path / "20bn-something-something-v2" / number, pattern="{:05d}.jpg")
    labels = tmp_path / "labels"
    labels.mkdir()
    rows = [
        {"id": "74225", "label": "pushing a cup left", "template": "Pushing [something] left"},
        {"id": "9", "label": "folding paper", "template": "Folding [something]"},
    ]
    (labels / "train.json").write_text(json.dumps(rows))
    (labels / "labels.json").write_text(json.dumps({"Folding something": "0"}))
    (labels / "test.json").write_text(json.dumps([{"id": "11"}]))
    episodes = list(open_source("image_folder", tmp_path, fps=12))
    assert [episode.instruction for episode in episodes] == ["folding paper", "pushing a cup left"]
    assert [episode.episode_id.split("/")[-1] for episode in episodes] == ["9", "74225"]


def test_one_folder_of_images_is_an_episode(tmp_path: Path) -> None:
    write_sequence(tmp_path / "clip")
    episodes = list(open_source("image_folder", tmp_path / "clip", fps=5, name="x"))
    assert [(e.episode_id, e.num_frames, e.source) for e in episodes] == [("clip", 4, "x")]


def test_environment_is_the_folder_above(tmp_path: Path) -> None:
    write_sequence(tmp_path / "kitchen" / "take1")
    episode = next(open_source("image_folder", tmp_path, fps=5, environment="folder"))
    assert episode.environment == "kitchen"


def test_rate_must_be_given(tmp_path: Path) -> None:
    write_sequence(tmp_path / "a")
    with pytest.raises(ValueError, match="give `fps` in Hz"):
        next(open_source("image_folder", tmp_path))


def test_bad_folders_are_counted_and_the_others_kept(tmp_path: Path) -> None:
    write_sequence(tmp_path / "good")
    write_sequence(tmp_path / "single", 1)
    (tmp_path / "void").mkdir()
    (write_sequence(tmp_path / "zero") / "000000.jpg").write_bytes(b"")
    (write_sequence(tmp_path / "text") / "000000.jpg").write_text("<html>")
    report = BadInputs()
    kept = [e.episode_id for e in open_source("image_folder", tmp_path, fps=5, report=report)]
    assert kept == ["good"]
    assert report.counts() == {"empty_image": 1, "no_images": 1, "one_frame": 1, "unknown_image": 1}


def test_damage_in_later_frames_is_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "a")
    (folder / "000002.jpg").write_bytes((folder / "000002.jpg").read_bytes()[:-60])
    (write_sequence(tmp_path / "b") / "000001.jpg").write_bytes(encode_jpeg(gray_frames(1)[0]))
    first, second = open_source("image_folder", tmp_path, fps=5)
    assert numbers_of(first.frames([0, 3])) == [0, 3]
    with pytest.raises(BadInputError, match=r"000002\.jpg: corrupt_image"):
        first.frames()
    with pytest.raises(BadInputError, match="mixed_sizes"):
        second.frames()


def test_empty_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no_images"):
        list(open_source("image_folder", tmp_path, fps=5))


def test_gaps_in_the_numbers_are_counted() -> None:
    assert number_gaps(["f1.png", "f2.png", "f5.png"]) == 2
    assert number_gaps(["start.png", "f2.png"]) == 0
