"""Members and frames are read by offset, in this process and in forked ones."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.layout import UnsafeMemberError
from lapa.data.shards.reader import ClipReader
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set


def _reader(shard_set: ShardSet, split: str = "train") -> ClipReader:
    return ClipReader(load_clip_table(shard_set, split), image_size=shard_set.image_size)


def test_frames_actions_and_states_come_back(tmp_path: Path) -> None:
    episodes = {e.episode_id: e for e in moving_square_episodes(6, [5, 12, 21])}
    reader = _reader(tiny_shard_set(tmp_path, episodes=list(episodes.values())))
    table = reader.table
    seen: dict[str, list[int]] = {}
    for clip in range(len(table)):
        facts = reader.facts(clip)
        episode = episodes[facts["episode_id"]]
        start, count = facts["start_frame"], facts["num_frames"]
        rows = slice(start, start + count)
        seen.setdefault(facts["episode_id"], []).extend(range(start, start + facts["owned_frames"]))
        np.testing.assert_array_equal(reader.array(clip, "actions"), episode.actions[rows])
        np.testing.assert_array_equal(reader.array(clip, "states"), episode.states[rows])
        found = reader.frames(clip, [0, count - 1]).astype(int)
        wanted = episode.frames([start, start + count - 1]).astype(int)
        assert np.abs(found - wanted).mean() < 6  # JPEG with halved colour resolution
        assert facts["instruction"] == episode.instruction == table.texts["instruction"][clip]
        assert facts["provenance"] == dict(episode.provenance)
    assert {name: sorted(frames) for name, frames in seen.items()} == {
        name: list(range(episodes[name].num_frames)) for name in seen
    }


def test_tar_is_readable_by_others_and_webdataset_groups_it(tmp_path: Path) -> None:
    import webdataset as wds

    shard_set = tiny_shard_set(tmp_path)
    path = Path(shard_set.path, shard_set.split("train").shards[0])
    with tarfile.open(path) as tar:
        members = tar.getmembers()
    assert {(m.mtime, m.uid, m.gid, m.uname) for m in members} == {(0, 0, 0, "")}
    samples = list(wds.WebDataset(str(path), shardshuffle=False, empty_check=False))
    assert len(samples) == len({m.name.split(".")[0] for m in members})
    facts = json.loads(samples[0]["json"])
    assert len(samples[0]["frames"]) == facts["jpeg_offsets"][-1]
    assert {"actions.npy", "states.npy"} <= set(samples[0])


def _child(reader: ClipReader, queue: multiprocessing.Queue) -> None:
    queue.put([reader.frames(clip, [0]).sum() for clip in range(len(reader.table))])


def test_forked_readers_do_not_disturb_each_other(tmp_path: Path) -> None:
    reader = _reader(tiny_shard_set(tmp_path))
    wanted = [reader.frames(clip, [0]).sum() for clip in range(len(reader.table))]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    children = [context.Process(target=_child, args=(reader, queue)) for _ in range(3)]
    for child in children:
        child.start()
    found = [queue.get(timeout=30) for _ in children]
    for child in children:
        child.join()
    assert found == [wanted] * 3
    assert reader.frames(0, [0]).sum() == wanted[0]


def test_a_pickled_reader_opens_its_own_files(tmp_path: Path) -> None:
    reader = _reader(tiny_shard_set(tmp_path))
    wanted = reader.frames(3, [1])
    copy = pickle.loads(pickle.dumps(reader))  # noqa: S301 (what a spawned worker does)
    np.testing.assert_array_equal(copy.frames(3, [1]), wanted)


def test_open_files_are_few_and_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.data.shards.reader.MAX_OPEN_FILES", 2)
    reader = _reader(tiny_shard_set(tmp_path, max_samples_per_shard=2, n=14))
    before = len(os.listdir("/proc/self/fd"))
    for clip in range(len(reader.table)):
        reader.frames(clip, [0])
    assert len(reader.table.shards) > 4
    assert len(os.listdir("/proc/self/fd")) <= before + 2
    del reader
    assert len(os.listdir("/proc/self/fd")) <= before


def test_damaged_frame_is_named(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    reader = _reader(shard_set)
    path = Path(shard_set.path, reader.table.shards[0])
    with path.open("r+b") as file:
        file.seek(int(reader.table.numbers["frames_offset"][0]))
        file.write(bytes(200))
    with pytest.raises(BadInputError, match=r"000000\.tar.*frame 0: corrupt_jpeg"):
        reader.frames(0, [0])


def test_truncated_shard_is_named(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    reader = _reader(shard_set)
    path = Path(shard_set.path, reader.table.shards[0])
    os.truncate(path, 3000)
    with pytest.raises(BadInputError, match=r"000000\.tar: truncated_shard"):
        reader.frames(2, [0])


def test_shard_sets_that_do_not_fit_their_record_are_refused(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    train = shard_set.split("train")
    with pytest.raises(ValueError, match=r"layout 'lapa\.clips/0'"):
        load_clip_table(shard_set.model_copy(update={"schema_version": "lapa.clips/0"}), "train")
    piped = train.model_copy(update={"shards": ("pipe:touch /tmp/owned",)})
    with pytest.raises(UnsafeMemberError, match="pipe:"):
        load_clip_table(shard_set.model_copy(update={"splits": {"train": piped}}), "train")
    fewer = train.model_copy(update={"shards": train.shards[1:]})
    with pytest.raises(ValueError, match="record says"):
        load_clip_table(shard_set.model_copy(update={"splits": {"train": fewer}}), "train")
    Path(shard_set.path, train.shards[0]).unlink()
    with pytest.raises(FileNotFoundError, match=r"train/000000\.tar is missing"):
        load_clip_table(shard_set, "train")
    with pytest.raises(KeyError, match=r"no split 'test'"):
        load_clip_table(shard_set, "test")
