"""Names and captions of any bytes go through a whole ingestion."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from lapa.data.ingest import ingest
from lapa.data.shards.index import read_index
from lapa.data.sources import open_source
from lapa.params.ingestion import IngestionParams, SourceParams
from toys.hdf5 import write_robomimic, write_robonet
from toys.videos import write_gray_video

NAMES = [b"caf\xe9.mp4", b"\xff\xfe.mp4", b"a\nb.mp4", b"plain.mp4", "手.mp4".encode()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clip = write_gray_video(tmp_path / "clip.mp4", 20).read_bytes()
    (tmp_path / "videos").mkdir()
    for name in NAMES:
        with open(os.path.join(os.fsencode(tmp_path), b"videos", name), "wb") as file:
            file.write(clip)
    return tmp_path


def run(kind: str, path: Path, out: Path, **params: Any) -> dict[str, Any]:
    settings = IngestionParams(max_horizon_s=0.5, image_size=32, **params)
    ingest(sources=[SourceParams(kind=kind, path=str(path))], params=settings, out=out)
    report: dict[str, Any] = json.loads((out / "ingestion_report.json").read_text())
    return report


@pytest.mark.parametrize("policy", ["raise", "skip"])
def test_names_that_are_not_utf8_are_ingested_and_noted(folder: Path, policy: str) -> None:
    report = run("video_folder", folder / "videos", folder / "out", on_bad_sample=policy)
    facts = report["sources"]["videos"]
    assert facts["episodes"] == len(NAMES)
    assert [count for note, count in facts["notes"].items() if "backslashes" in note] == [2]
    assert report["skipped"]["counts"] == {}


def test_ids_are_unique_and_the_same_every_time(folder: Path) -> None:
    first, second = (
        [e.episode_id for e in open_source("video_folder", folder / "videos")] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == len(NAMES)
    assert r"caf\xe9" in first
    "".join(first).encode()


def test_a_caption_cut_inside_an_emoji_is_written_visibly(folder: Path) -> None:
    texts = '{"plain.mp4": "pour the coffee \\ud83d", "手.mp4": "open ☕"}'
    (folder / "videos/captions.json").write_text(texts)
    run("video_folder", folder / "videos", folder / "out")
    tables = [
        read_index(path.with_suffix(".tar"), columns=["instruction"])
        for path in (folder / "out").rglob("*.parquet")
    ]
    found = {text for table in tables for text in table["instruction"].to_pylist()}
    assert found == {"", "open ☕", r"pour the coffee \ud83d"}


def test_attributes_of_hdf5_files_too(tmp_path: Path) -> None:
    (tmp_path / "demos").mkdir()
    write_robomimic(tmp_path / "demos/a.hdf5", [8, 9])
    with h5py.File(tmp_path / "demos/a.hdf5", "a") as file:
        file["data/demo_0"].attrs["language"] = b"caf\xe9"
    report = run("hdf5", tmp_path / "demos", tmp_path / "out", on_bad_sample="skip")
    assert report["sources"]["demos"]["episodes"] == 2


@pytest.mark.parametrize(
    "value",
    [h5py.Empty("f4"), np.void(b"abc"), np.array([b"a\xff", b"b"]), np.float32("nan"), 1 + 2j],
)
def test_attributes_that_json_does_not_know(tmp_path: Path, value: object) -> None:
    (tmp_path / "arms").mkdir()
    write_robonet(tmp_path / "arms/a.hdf5", odd=value)
    report = run("hdf5", tmp_path / "arms", tmp_path / "out", on_bad_sample="skip")
    assert report["sources"]["robonet-sawyer"]["episodes"] == 1
