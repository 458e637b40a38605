"""Label sets: one row per owned frame, refused wherever they do not fit the shards."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from lapa.data.labels import (
    LARGEST_CODEBOOK,
    finish_labels,
    load_codes,
    read_sidecar,
    require_codes_fit,
    sidecar,
    write_sidecar,
)
from lapa.data.loading.latents import open_latents
from lapa.data.loading.robot import NO_LABEL, open_robot
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.records import LabelSet, PairSpec, ShardSet
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.3)


def slot_codes(count: int, first: int) -> np.ndarray:
    """Codes that spell the slot in base 8."""
    slots = np.arange(first, first + count)
    return np.stack([slots % 8, slots // 8 % 8, slots // 64 % 8], axis=1).astype(np.int16)


def label(shard_set: ShardSet, folder: Path, spec: PairSpec = SPEC) -> LabelSet:
    digests = {}
    for split in shard_set.splits:
        table = load_clip_table(shard_set, split)
        valid = valid_slots(table, spec)
        for shard, start, end in table.shard_slots():
            codes = slot_codes(end - start, start)
            digests[shard] = write_sidecar(folder, shard, codes, valid[start:end])
    return finish_labels(
        folder, shard_set=shard_set, digests=digests, inputs={"laq": "laq", "codebook": "book"},
        codebook_size=8, code_seq_len=3, pair_spec=spec,
    )  # fmt: skip


def test_codes_arrive_at_their_frame(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    labels = label(shard_set, tmp_path / "labels")
    latents = open_latents(shard_set, labels, "train")
    assert len(latents) == labels.valid_pairs["train"] == 8 * (12 - 3)
    assert labels.masked_pairs == {"train": 8 * 3, "val": 2 * 3}
    assert sum(labels.histogram) == 3 * sum(labels.valid_pairs.values())
    for index in range(len(latents)):
        item, facts = latents[index], latents.sample(index)
        np.testing.assert_array_equal(item["latent_codes"], slot_codes(1, facts["sample_id"])[0])
        assert item["latent_codes"].dtype == np.int64
        assert item["instructions"] == facts["instruction"]
        assert facts["frame"] + 3 < facts["episode_frames"]
    assert set(latents[0]) == {"frames", "instructions", "latent_codes", "sample_id"}
    assert latents[0]["frames"].shape == (32, 32, 3)
    assert latents[0]["sample_id"].dtype == np.int64
    assert latents.codes.dtype == np.int16  # a million clips have 240 million codes


def test_robot_samples_carry_codes_and_mark_the_tail(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    labels = label(shard_set, tmp_path / "labels")
    robot = open_robot(
        shard_set, "train", chunk=2, pair_spec=SPEC, max_episodes=None, seed=0, labels=labels
    )
    for index in range(len(robot)):
        facts, codes = robot.sample(index), robot[index]["latent_codes"]
        if facts["frame"] + 3 < facts["episode_frames"]:
            np.testing.assert_array_equal(codes, slot_codes(1, facts["sample_id"])[0])
        else:
            assert (codes == NO_LABEL).all()
    with pytest.raises(ValueError, match="horizon of the labels"):
        open_robot(
            shard_set,
            "train",
            chunk=2,
            pair_spec=PairSpec(horizon_s=0.1),
            max_episodes=None,
            seed=0,
            labels=labels,
        )


def test_labels_of_other_shards_are_refused(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    labels = label(shard_set, tmp_path / "labels")
    other = tiny_shard_set(tmp_path / "other", seed=1)
    with pytest.raises(
        ValueError, match=r"shard digest of the labels.*give the shard set that was labelled"
    ):
        open_latents(other, labels, "train")


def test_damaged_or_missing_labels_are_named(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    labels = label(shard_set, tmp_path / "labels")
    shard = shard_set.split("train").shards[1]
    path = tmp_path / "labels" / sidecar(shard)
    codes, valid = read_sidecar(tmp_path / "labels", shard)
    write_sidecar(tmp_path / "labels", shard, codes[1:], valid[1:])
    with pytest.raises(ValueError, match=r"labels of train/000001\.tar have shapes"):
        load_codes(shard_set, labels, "train")
    write_sidecar(tmp_path / "labels", shard, codes, ~valid)
    with pytest.raises(ValueError, match="mask other tail pairs"):
        load_codes(shard_set, labels, "train")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match="is damaged"):
        load_codes(shard_set, labels, "train")
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"train/000001\.tar has no labels"):
        load_codes(shard_set, labels, "train")


def test_unfinished_or_impossible_labels_get_no_record(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    folder = tmp_path / "labels"
    labels = label(shard_set, folder)
    (folder / "record.json").unlink()
    facts = {
        "shard_set": shard_set,
        "inputs": {},
        "code_seq_len": 3,
        "pair_spec": SPEC,
    }
    with pytest.raises(ValueError, match="was not labelled"):
        finish_labels(folder, digests={}, codebook_size=8, **facts)
    digests = dict.fromkeys([s for split in shard_set.splits.values() for s in split.shards], "x")
    with pytest.raises(ValueError, match=r"expected 0 to 3"):
        finish_labels(folder, digests=digests, codebook_size=4, **facts)
    assert not (folder / "record.json").exists()
    assert labels.codebook_size == 8


def test_codes_that_would_wrap_around_are_refused(tmp_path: Path) -> None:
    largest = np.array([[LARGEST_CODEBOOK - 1]], np.int16)
    write_sidecar(tmp_path, "train/0.tar", largest, np.array([True]))
    assert read_sidecar(tmp_path, "train/0.tar")[0].item() == LARGEST_CODEBOOK - 1 == 32_767
    require_codes_fit(LARGEST_CODEBOOK)
    with pytest.raises(ValueError, match="codebook_size is 32769, expected at most 32768"):
        require_codes_fit(LARGEST_CODEBOOK + 1)
    with pytest.raises(ValueError, match="codebook_size is 1, expected at least 2"):
        require_codes_fit(1)
    shard_set = tiny_shard_set(tmp_path / "shards")
    with pytest.raises(ValueError, match="codebook_size is 40000"):
        finish_labels(
            tmp_path, shard_set=shard_set, digests={}, inputs={"laq": "", "codebook": ""},
            codebook_size=40_000, code_seq_len=3, pair_spec=SPEC,
        )  # fmt: skip
    with pytest.raises(TypeError, match=r"train/0\.tar are int64, expected int16"):
        write_sidecar(tmp_path, "train/0.tar", largest.astype(np.int64), np.array([True]))


def test_labels_of_another_arm_under_this_record_are_refused(tmp_path: Path) -> None:
    """Both fit: same shards, same shapes, same masks. Only the digest tells them apart."""
    shard_set = tiny_shard_set(tmp_path)
    labels = label(shard_set, tmp_path / "labels")
    shard = shard_set.split("train").shards[0]
    codes, valid = read_sidecar(tmp_path / "labels", shard)
    write_sidecar(tmp_path / "labels", shard, (codes + 1) % 4, valid)
    with pytest.raises(ValueError, match=f"digest of the label files .*expected '{labels.digest}'"):
        load_codes(shard_set, labels, "val")


def test_label_files_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_sidecar(tmp_path, "train/0.tar", np.zeros((2, 4), np.int16), np.ones(2, np.bool_))
    finally:
        os.umask(before)
    assert (tmp_path / "train/0.safetensors").stat().st_mode & 0o777 == 0o640
