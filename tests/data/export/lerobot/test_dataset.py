"""Clip shards to LeRobot v3.0 and back through our own adapter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from lapa.data.export.lerobot import layout as lerobot_layout
from lapa.data.export.lerobot.dataset import export_lerobot
from lapa.data.export.lerobot.layout import CAMERA
from lapa.data.export.shard_episodes import shard_episodes
from lapa.data.sources.registry import open_source
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set


def shard_set_of(tmp_path: Path, **options: object) -> ShardSet:
    return tiny_shard_set(tmp_path, n=6, frames=[9, 12, 20], **options)


def all_episodes(shard_set: ShardSet) -> list:
    return [
        episode
        for split in shard_set.splits
        for episode in shard_episodes(shard_set, split, "squares")
    ]


def test_episodes_come_whole_out_of_overlapping_clips(tmp_path: Path) -> None:
    made = {e.episode_id: e for e in moving_square_episodes(6, [9, 12, 20])}
    found = all_episodes(shard_set_of(tmp_path))
    assert sorted(e.episode_id for e in found) == sorted(made)
    for episode in found:
        original = made[episode.episode_id]
        assert episode.num_frames == original.num_frames
        np.testing.assert_array_equal(episode.actions, original.actions)
        np.testing.assert_array_equal(episode.states, original.states)
        difference = episode.frames().astype(int) - original.frames()
        assert np.abs(difference).mean() < 4
        picked = [original.num_frames - 1, 0, original.num_frames // 2]
        np.testing.assert_array_equal(episode.frames(picked), episode.frames()[picked])


def test_round_trip_is_exact(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path)
    out = export_lerobot(shard_set, tmp_path / "exported")
    exported = list(open_source("lerobot", out))
    expected = all_episodes(shard_set)
    assert len(exported) == len(expected) == 6
    for found, wanted in zip(exported, expected, strict=True):
        assert (found.num_frames, found.fps) == (wanted.num_frames, wanted.fps)
        assert found.instruction == wanted.instruction
        assert (found.action_names, found.state_names) == (("dx", "dy"), ("x", "y"))
        np.testing.assert_array_equal(found.actions, wanted.actions)
        np.testing.assert_array_equal(found.states, wanted.states)
        np.testing.assert_array_equal(found.frames(), wanted.frames())
        assert all(note.startswith("actions are") for note in found.provenance["notes"])


def test_compact_video_is_near(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path)
    out = export_lerobot(shard_set, tmp_path / "exported", quality="compact")
    for found, wanted in zip(open_source("lerobot", out), all_episodes(shard_set), strict=True):
        assert 0 < np.abs(found.frames().astype(int) - wanted.frames()).mean() < 6


def test_files_are_those_of_the_format(tmp_path: Path) -> None:
    out = export_lerobot(shard_set_of(tmp_path), tmp_path / "exported")
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert files == [
        "data/chunk-000/file-000.parquet",
        "meta/episodes/chunk-000/file-000.parquet",
        "meta/info.json",
        "meta/stats.json",
        "meta/tasks.parquet",
        f"videos/{CAMERA}/chunk-000/file-000.mp4",
    ]
    tasks = pd.read_parquet(out / "meta/tasks.parquet")
    assert tasks.loc["move the red square", "task_index"] in (0, 1, 2)
    data = pq.read_table(out / "data/chunk-000/file-000.parquet")
    assert data["index"].to_pylist() == list(range(data.num_rows))
    assert data["timestamp"].type == "float"
    episodes = pq.read_table(out / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    assert episodes[-1]["dataset_to_index"] == data.num_rows
    assert episodes[1][f"videos/{CAMERA}/from_timestamp"] == pytest.approx(
        episodes[0]["length"] / 10
    )


def test_info_counts_and_splits(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path)
    out = export_lerobot(shard_set, tmp_path / "exported", splits=("val", "train"))
    info = json.loads((out / "meta/info.json").read_text())
    held_out = shard_set.splits["val"].episodes
    assert info["splits"] == {"val": f"0:{held_out}", "train": f"{held_out}:6"}
    assert info["total_episodes"] == 6
    assert info["total_frames"] == sum(split.frames for split in shard_set.splits.values())
    assert info["fps"] == 10


def test_statistics_are_those_of_the_rows(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path)
    out = export_lerobot(shard_set, tmp_path / "exported")
    stats = json.loads((out / "meta/stats.json").read_text())
    actions = np.concatenate([episode.actions for episode in all_episodes(shard_set)])
    np.testing.assert_allclose(stats["action"]["mean"], actions.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(stats["action"]["std"], actions.std(axis=0), rtol=1e-5)
    assert stats["action"]["max"] == actions.max(axis=0).tolist()
    assert stats["action"]["count"] == [len(actions)]
    frames = np.concatenate([episode.frames() for episode in all_episodes(shard_set)]) / 255
    mean = np.array(stats[CAMERA]["mean"])
    assert mean.shape == (3, 1, 1)
    np.testing.assert_allclose(mean[:, 0, 0], frames.mean(axis=(0, 1, 2)), rtol=1e-5)
    assert stats[CAMERA]["count"] == [len(frames)]


def test_full_files_are_followed_by_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lerobot_layout, "VIDEO_FILE_MB", 0)
    monkeypatch.setattr(lerobot_layout, "DATA_FILE_MB", 0)
    monkeypatch.setattr(lerobot_layout, "FILES_PER_CHUNK", 4)
    shard_set = shard_set_of(tmp_path)
    out = export_lerobot(shard_set, tmp_path / "exported")
    assert len(list(out.glob("data/*/*.parquet"))) == 6
    assert (out / f"videos/{CAMERA}/chunk-001/file-001.mp4").is_file()
    for found, wanted in zip(open_source("lerobot", out), all_episodes(shard_set), strict=True):
        np.testing.assert_array_equal(found.actions, wanted.actions)
        np.testing.assert_array_equal(found.frames(), wanted.frames())


def test_action_free_shards_export_without_actions(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path, with_actions=False)
    out = export_lerobot(shard_set, tmp_path / "exported")
    assert all(episode.actions is None for episode in open_source("lerobot", out))


def test_several_datasets_need_a_choice(tmp_path: Path) -> None:
    other = moving_square_episodes(3, source="circles", fps=5.0)
    shard_set = tiny_shard_set(tmp_path, episodes=[*moving_square_episodes(3), *other])
    with pytest.raises(ValueError, match=r"found \['circles', 'squares'\]"):
        export_lerobot(shard_set, tmp_path / "exported")
    out = export_lerobot(shard_set, tmp_path / "exported", dataset="circles")
    assert {episode.fps for episode in open_source("lerobot", out)} == {5.0}


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard_set = shard_set_of(tmp_path)

    def fail(*arguments: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(lerobot_layout, "write_episodes", fail)
    with pytest.raises(OSError, match="No space"):
        export_lerobot(shard_set, tmp_path / "exported")
    assert [path.name for path in tmp_path.iterdir()] == ["shards"]


def test_existing_output_is_refused(tmp_path: Path) -> None:
    shard_set = shard_set_of(tmp_path)
    (tmp_path / "exported").mkdir()
    with pytest.raises(FileExistsError, match="exported exists"):
        export_lerobot(shard_set, tmp_path / "exported")
    (tmp_path / ".other.partial").mkdir()
    with pytest.raises(FileExistsError, match="another export"):
        export_lerobot(shard_set, tmp_path / "other")
    assert (tmp_path / ".other.partial").exists()
