"""One action vector per dataset, decided before anything is encoded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from lapa.data.ingest import ingest
from lapa.data.sources import open_source
from lapa.data.sources.base.action_width import split_by_width
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes
from toys.known_frames import pictures, rows
from toys.videos import write_video

WIDTHS = {"a_one_arm": 7, "b_two_arms": 14, "c_one_arm": 7, "d_hand": 20}


@pytest.fixture
def demos(tmp_path: Path) -> Path:
    (tmp_path / "demos").mkdir()
    for name, width in WIDTHS.items():
        with h5py.File(tmp_path / "demos" / f"{name}.hdf5", "w") as file:
            for number in range(2):
                demo = file.create_group(f"data/demo_{number}")
                demo["actions"] = rows(number, 12, width)
                demo["obs/agentview_rgb"] = pictures(number, 12)
    return tmp_path / "demos"


def shards(path: Path, out: Path, kind: str = "hdf5", **source: Any) -> ShardSet:
    params = IngestionParams(max_horizon_s=0.3, image_size=32)
    return ingest(
        sources=[SourceParams(kind=kind, path=str(path), **source)], params=params, out=out
    )


def test_the_first_width_keeps_the_name_and_the_others_are_named_after_theirs(demos: Path) -> None:
    named = {e.episode_id: e.source for e in open_source("hdf5", demos)}
    assert named == {
        **{f"{stem}-demo_{n}": "demos" for stem in ("a_one_arm", "c_one_arm") for n in range(2)},
        **{f"b_two_arms-demo_{n}": "demos_14d" for n in range(2)},
        **{f"d_hand-demo_{n}": "demos_20d" for n in range(2)},
    }


@pytest.mark.parametrize("name", ["", "mine"])
def test_a_shard_set_has_each_width_as_a_dataset_and_says_so(demos: Path, name: str) -> None:
    out = demos.parent / "out"
    found = shards(demos, out, name=name)
    base = name or "demos"
    assert {key: facts.episodes for key, facts in found.datasets.items()} == {
        base: 4,
        f"{base}_14d": 2,
        f"{base}_20d": 2,
    }
    report = json.loads((out / "ingestion_report.json").read_text())
    (note,) = [n for n in report["sources"][f"{base}_14d"]["notes"] if "14 action columns" in n]
    assert f"'{base}' has 7" in note
    assert len(report["sources"][f"{base}_14d"]["actions"]) == 14


def test_a_name_that_was_asked_for_stays_until_ingestion(demos: Path) -> None:
    assert {e.source for e in open_source("hdf5", demos, name="mine")} == {"mine"}


def test_side_files_too(tmp_path: Path) -> None:
    (tmp_path / "arrays").mkdir()
    for name, width in (("a", 3), ("b", 4), ("c", 0)):
        write_video(tmp_path / f"arrays/{name}.mp4", pictures(0, 8))
        values = {"actions": rows(0, 8, width)} if width else {}
        np.savez(tmp_path / f"arrays/{name}.npz", **values)
    found = shards(tmp_path / "arrays", tmp_path / "out", kind="video_with_arrays")
    assert {name: facts.episodes for name, facts in found.datasets.items()} == {
        "arrays": 2,  # video without actions goes with the name
        "arrays_4d": 1,
    }


def test_one_width_changes_nothing() -> None:
    episodes = moving_square_episodes(4)
    assert list(split_by_width(episodes)) == episodes
