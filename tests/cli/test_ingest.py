"""`lapa ingest` turns a folder of images into a shard set, and fails with a reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from lapa.cli.ingest import ingest
from lapa.data.shards.summary import find_shard_set
from toys.videos import write_gray_video
from toys.web import serving


def _sequences(folder: Path, count: int, frames: int = 12, *, broken: bool = False) -> None:
    for number in range(count):
        (folder / str(number)).mkdir(parents=True)
        for t in range(frames):
            file = folder / str(number) / f"{t:03d}.png"
            Image.fromarray(np.full((24, 32, 3), 20 * t, np.uint8)).save(file)
        if broken:  # not the first one, whose header is read when episodes are listed
            file.write_bytes(b"no picture")


def test_a_folder_of_images_becomes_a_shard_set(tmp_path: Path) -> None:
    for episode in ("one", "two", "three"):
        folder = tmp_path / "raw" / episode
        folder.mkdir(parents=True)
        for t in range(5):
            Image.fromarray(np.full((24, 32, 3), 40 * t, np.uint8)).save(folder / f"{t:03d}.png")
    result = CliRunner().invoke(
        ingest,
        [
            "image_folder",
            str(tmp_path / "raw"),
            str(tmp_path / "out"),
            "--option",
            "fps=5",
            "--set",
            "image_size=16",
        ],
    )
    assert result.exit_code == 0, result.output
    shard_set = find_shard_set(tmp_path / "out")
    assert shard_set.image_size == 16
    assert sum(split.frames for split in shard_set.splits.values()) == 15
    assert "train" in result.output
    assert result.output.endswith("skipped: 0\n")


def test_notes_and_skips_are_told(tmp_path: Path) -> None:
    for number in range(3):
        side = {"actions": [[0.0]] * (5 - (number == 0)), "instruction": "wave"}
        write_gray_video(tmp_path / "raw" / f"{number}.mp4", 5)
        (tmp_path / "raw" / f"{number}.json").write_text(json.dumps(side))
    (tmp_path / "raw" / "2.mp4").write_bytes(b"")
    arguments = ["video_with_arrays", str(tmp_path / "raw"), str(tmp_path / "out"), "--skip-bad"]
    result = CliRunner().invoke(ingest, [*arguments, "--set", "image_size=16"])
    assert result.exit_code == 0, result.output
    assert "raw: 1 episodes: frames: left out the last one" in result.output
    assert "skipped: 1 (empty_video 1), see" in result.output


def test_an_unknown_kind_or_setting_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(ingest, ["lerobt", str(tmp_path), str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "did you mean 'lerobot'" in result.output
    result = CliRunner().invoke(
        ingest, ["lerobot", str(tmp_path), str(tmp_path / "out"), "--set", "jpeg_qualty=3"]
    )
    assert result.exit_code == 1
    assert "jpeg_qualty" in result.output


def _run(tmp_path: Path, *settings: str) -> Any:
    given = [part for setting in ("image_size=16", *settings) for part in ("--set", setting)]
    source = ["image_folder", str(tmp_path / "raw"), str(tmp_path / "out"), "--option", "fps=10"]
    return CliRunner().invoke(ingest, [*source, "--horizon", "0.2", "--skip-bad", *given])


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_left_after_skips_fails_and_leaves_no_record(tmp_path: Path, workers: int) -> None:
    _sequences(tmp_path / "raw", 3, broken=True)
    result = _run(tmp_path, f"workers={workers}")
    assert result.exit_code == 1
    assert "nothing is left of dataset 'raw'; the first of 3 skipped: raw: " in result.output
    assert not (tmp_path / "out" / "record.json").exists()
    shutil.rmtree(tmp_path / "raw")
    _sequences(tmp_path / "raw", 3)
    assert _run(tmp_path).exit_code == 0


def test_one_recording_is_split_by_time_where_asked(tmp_path: Path) -> None:
    _sequences(tmp_path / "raw", 1)
    result = _run(tmp_path, "split.val_fraction=0.2")
    assert result.exit_code == 1
    assert "found 1 episode" in result.output
    assert "split.by=time" in result.output
    result = _run(tmp_path, "split.val_fraction=0.2", "split.by=time")
    assert result.exit_code == 0, result.output
    assert "raw: held out by time" in result.output
    assert set(find_shard_set(tmp_path / "out").splits) == {"train", "val"}


def test_one_recording_without_a_word_on_splits_says_that_none_is_held_out(tmp_path: Path) -> None:
    _sequences(tmp_path / "raw", 1)
    result = _run(tmp_path)
    assert result.exit_code == 0, result.output
    assert "raw: nothing held out for validation" in result.output


def test_a_group_that_has_a_value_already_is_named(tmp_path: Path) -> None:
    result = _run(tmp_path, "split=1", "split.by=time")
    assert result.exit_code == 2
    assert "'split' was given a value already" in result.output


@pytest.mark.parametrize("value", ["!!python/object/apply:os.system [true]", "[1, 2", "!x 1"])
@pytest.mark.parametrize("option", ["--option", "--set"])
def test_a_value_that_is_a_trap_is_named(tmp_path: Path, option: str, value: str) -> None:
    arguments = ["video_folder", str(tmp_path), str(tmp_path / "out"), option, f"name={value}"]
    result = CliRunner().invoke(ingest, arguments)
    assert result.exit_code == 1
    assert "cannot be read as YAML" in result.output
    assert not isinstance(result.exception, yaml.YAMLError)


def test_what_was_left_out_is_told_and_kept_in_the_report(tmp_path: Path) -> None:
    for number in range(3):
        write_gray_video(tmp_path / "raw" / f"{number}.mp4", 5)
        (tmp_path / "raw" / f"._{number}.mp4").write_bytes(bytes(200))
    (tmp_path / "raw/notes.pdf").write_bytes(b"")
    arguments = ["video_folder", str(tmp_path / "raw"), str(tmp_path / "out")]
    result = CliRunner().invoke(ingest, [*arguments, "--set", "image_size=16"])
    assert result.exit_code == 0, result.output
    expected = {"hidden or left by a system": 3, "suffix .pdf": 1}
    assert "raw: no recordings, left out: 3 hidden or left by a system, 1 suffix .pdf" in (
        result.output
    )
    report = json.loads((tmp_path / "out/ingestion_report.json").read_text())
    assert report["left_out"] == {"raw": expected}


def test_a_folder_at_a_url_is_ingested_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")
    for number in range(3):
        write_gray_video(tmp_path / "raw" / f"{number}.mp4", 5)
    with serving(monkeypatch) as web:
        web.serve_folder(tmp_path / "raw", "people")
        command = [
            "video_folder",
            web.url("people/"),
            str(tmp_path / "out"),
            "--set",
            "image_size=16",
        ]
        without = CliRunner().invoke(ingest, command)
        assert without.exit_code == 1
        assert "--cache FOLDER" in without.output
        result = CliRunner().invoke(ingest, [*command, "--cache", str(tmp_path / "cache")])
    assert result.exit_code == 0, result.output
    assert set(find_shard_set(tmp_path / "out").datasets) == {"people"}
