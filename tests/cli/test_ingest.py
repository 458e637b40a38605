"""`lapa ingest` turns a folder of images into a shard set, and fails with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from PIL import Image

from lapa.cli.ingest import ingest
from lapa.data.shards.summary import find_shard_set


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


def test_an_unknown_kind_or_setting_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(ingest, ["lerobt", str(tmp_path), str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "did you mean 'lerobot'" in result.output
    result = CliRunner().invoke(
        ingest, ["lerobot", str(tmp_path), str(tmp_path / "out"), "--set", "jpeg_qualty=3"]
    )
    assert result.exit_code == 1
    assert "jpeg_qualty" in result.output
