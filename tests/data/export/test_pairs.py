"""Clip shards to pair shards, read back with webdataset as another tool would."""

import json
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
import webdataset as wds

from lapa.data.export.pairs import export_pairs
from lapa.data.loading.pairs import open_pairs
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.3)


def read(folder: Path) -> list[dict]:
    urls = [str(path) for path in sorted(folder.glob("*.tar"))]
    return list(wds.WebDataset(urls, shardshuffle=False))


def test_every_pair_once_with_the_very_jpegs_of_the_clips(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, frames=[9, 12, 20])
    out = export_pairs(shard_set, tmp_path / "pairs", spec=SPEC, samples_per_shard=25)
    for split in ("train", "val"):
        pairs = open_pairs(shard_set, split, SPEC, with_actions=True, with_states=True)
        samples = read(out / split)
        assert len(samples) == len(pairs)
        assert len({sample["__key__"] for sample in samples}) == len(samples)
        for index, sample in enumerate(samples):
            item = pairs[index]
            assert re.fullmatch(r"[A-Za-z0-9_-]+", sample["__key__"])
            for name, frame in (("t.jpg", item["frames"][0]), ("t1.jpg", item["frames"][1])):
                np.testing.assert_array_equal(simplejpeg.decode_jpeg(sample[name]), frame)
            facts = json.loads(sample["json"])
            assert facts["sample_id"] == item["sample_id"]
            assert facts["horizon_frames"] == 3
            np.testing.assert_allclose(facts["action_sum"], item["actions"], rtol=1e-6)
            np.testing.assert_allclose(facts["state"], item["states"], rtol=1e-6)
            assert facts["instruction"].startswith("move the ")
    with tarfile.open(out / "train/000000.tar") as tar:
        assert len(tar.getnames()) == 75


def test_counts_tell_what_was_left_out(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    out = export_pairs(shard_set, tmp_path / "pairs", spec=SPEC, splits=["train"])
    facts = json.loads((out / "pairs.json").read_text())
    train = facts["splits"]["train"]
    assert train["tail"] == 3 * shard_set.splits["train"].episodes
    assert train["written"] == train["frames"] - train["tail"] == len(read(out / "train"))
    assert facts["shards"] == shard_set.digest
    assert not (out / "val").exists()


def test_one_pair_per_episode(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    spec = PairSpec(horizon_s=0.3, policy="one_per_episode")
    out = export_pairs(shard_set, tmp_path / "pairs", spec=spec, splits=["train"])
    ids = [json.loads(sample["json"])["episode_id"] for sample in read(out / "train")]
    assert len(ids) == len(set(ids)) == shard_set.splits["train"].episodes


def test_same_pairs_same_bytes(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    first = export_pairs(shard_set, tmp_path / "a", spec=SPEC)
    second = export_pairs(shard_set, tmp_path / "b", spec=SPEC)
    tar = "train/000000.tar"
    assert (first / tar).read_bytes() == (second / tar).read_bytes()


def test_action_free_pairs_hold_no_actions(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, with_actions=False)
    out = export_pairs(shard_set, tmp_path / "pairs", spec=SPEC, splits=["train"])
    assert json.loads(read(out / "train")[0]["json"])["action_sum"] is None


def test_chosen_dataset_only(tmp_path: Path) -> None:
    other = moving_square_episodes(3, source="circles", fps=20.0)
    shard_set = tiny_shard_set(tmp_path, episodes=[*moving_square_episodes(3), *other])
    out = export_pairs(
        shard_set, tmp_path / "pairs", spec=SPEC, splits=["train"], datasets=["circles"]
    )
    facts = [json.loads(sample["json"]) for sample in read(out / "train")]
    assert {(fact["dataset"], fact["horizon_frames"]) for fact in facts} == {("circles", 6)}


def test_too_long_a_horizon_leaves_nothing_behind(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    with pytest.raises(ValueError, match="larger `max_horizon_s`"):
        export_pairs(shard_set, tmp_path / "pairs", spec=PairSpec(horizon_s=5.0))
    assert [path.name for path in tmp_path.iterdir()] == ["shards"]
