"""Labelling: exact codes, exactly once, resumable, refusals, report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lapa.data.labels import read_sidecar, sidecar
from lapa.data.loading.latents import open_latents
from lapa.data.loading.pairs import open_pairs
from lapa.distributed.launch import launch
from lapa.labeling import worker as label_worker
from lapa.labeling.label_shards import label_shards
from lapa.metrics.code_usage import entropy_bits
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.params.foundation.stage import FoundationParams
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet
from lapa.training.foundation.open_labels import check_labels
from toys.episodes import moving_square_episodes
from toys.quantizers import tiny_laq
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.2)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    episodes = moving_square_episodes(10, [9, 14], size=16)
    return tiny_shard_set(tmp_path_factory.mktemp("shards"), episodes=episodes, size=16)


@pytest.fixture(scope="module")
def laq(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return tiny_laq(tmp_path_factory.mktemp("laq"), pair_spec=SPEC)


def run(shards: ShardSet, laq: Checkpoint, work: Path, **overrides: Any) -> LabelSet:
    arguments = {
        "shards": shards,
        "model": laq,
        "pair_spec": SPEC,
        "params": LabelingParams(batch_size=7),
        "work": work,
    }
    return label_shards(**(arguments | overrides))


def test_every_pair_has_the_codes_of_the_quantizer(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    labels = run(shards, laq, tmp_path)
    quantizer = FrozenQuantizer(folder=Path(laq.path), device=torch.device("cpu"))
    for split in shards.splits:
        pairs = open_pairs(shards, split, SPEC)
        latents = open_latents(shards, labels, split)
        assert len(pairs) == len(latents) == labels.valid_pairs[split]
        frames = torch.from_numpy(np.stack([pairs[i]["frames"] for i in range(len(pairs))]))
        assert np.array_equal(quantizer.codes(frames).numpy(), latents.codes)
        assert [pairs[i]["sample_id"] for i in range(len(pairs))] == latents.slots.tolist()


def test_tail_frames_are_masked_not_clamped(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    labels = run(shards, laq, tmp_path)
    episodes = sum(split.episodes for split in shards.splits.values())
    assert sum(labels.masked_pairs.values()) == 2 * episodes  # H is two frames at 10 Hz
    frames = sum(split.frames for split in shards.splits.values())
    assert sum(labels.valid_pairs.values()) == frames - 2 * episodes


def test_a_killed_labeling_continues_where_it_stopped(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(shards, laq, tmp_path / "whole")
    written: list[str] = []
    write = label_worker.write_sidecar

    def dies_at_the_second(folder: Path, shard: str, codes: np.ndarray, valid: np.ndarray) -> Any:
        if written:
            raise KeyboardInterrupt
        written.append(shard)
        return write(folder, shard, codes, valid)

    monkeypatch.setattr(label_worker, "write_sidecar", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(shards, laq, tmp_path / "killed")
    assert not (tmp_path / "killed/labels/record.json").exists()
    before = (tmp_path / "killed/labels" / sidecar(written[0])).stat().st_mtime_ns

    monkeypatch.setattr(label_worker, "write_sidecar", write)
    resumed = run(shards, laq, tmp_path / "killed")
    assert resumed.digest == whole.digest
    assert (tmp_path / "killed/labels" / sidecar(written[0])).stat().st_mtime_ns == before


def test_what_an_interruption_left_is_shared_out_over_all_processes(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    whole = run(shards, laq, tmp_path / "whole")
    names = [s for split in sorted(shards.splits) for s in shards.splits[split].shards]
    left = names[1::2]  # with fixed shares, all that is left would be the second process's
    assert len(left) > 1
    folder = tmp_path / "begun/labels"
    shutil.copytree(tmp_path / "whole/labels", folder)
    (folder / "record.json").unlink()
    for shard in left:
        (folder / sidecar(shard)).unlink()
    resumed = launch(
        "lapa.labeling.label_shards:label_shards",
        {
            "shards": shards,
            "model": laq,
            "pair_spec": SPEC,
            "params": LabelingParams(batch_size=7, accelerator="cpu"),
            "work": tmp_path / "begun",
        },
        devices=2,
    )
    assert resumed == whole.model_copy(update={"path": str(folder)})
    facts = json.loads((folder / "labeling_report.json").read_text())
    assert facts["pairs_per_second_of_rank_zero"] > 0


def test_a_folder_begun_with_another_quantizer_is_refused(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    run(shards, laq, tmp_path / "work")
    other = tiny_laq(tmp_path / "laq", seed=1, pair_spec=SPEC)
    with pytest.raises(ValueError, match=laq.digest) as caught:
        run(shards, other, tmp_path / "work")
    assert other.digest in str(caught.value)


def test_a_codebook_too_large_for_the_files_is_refused_before_labeling(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FrozenQuantizer, "codebook_size", 64_000)
    with pytest.raises(ValueError, match="codebook_size is 64000, expected at most 32768"):
        run(shards, laq, tmp_path)
    assert not list(tmp_path.rglob("*.safetensors"))


def test_another_horizon_is_refused(shards: ShardSet, laq: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"found 0\.1, expected 0\.2"):
        run(shards, laq, tmp_path, pair_spec=PairSpec(horizon_s=0.1))


def test_report_counts_what_the_files_hold(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    labels = run(shards, laq, tmp_path)
    facts = json.loads((tmp_path / "labels/labeling_report.json").read_text())
    assert facts["pairs"] == sum(labels.valid_pairs.values())
    assert sum(facts["histogram"]) == facts["pairs"] * labels.code_seq_len
    assert np.array(facts["histogram_per_position"]).sum(axis=0).tolist() == facts["histogram"]
    assert 0 <= facts["sequence_entropy_bits"] <= facts["sequence_entropy_bits_at_most"]
    assert facts["bytes"] > 0
    assert facts["pairs_per_second_of_rank_zero"] > 0


def test_static_pairs_are_labeled_and_left_out_on_reading(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    filtered = SPEC.model_copy(update={"min_motion": 0.01})
    own = laq.model_copy(update={"pair_spec": filtered})
    every = run(shards, laq, tmp_path / "every")
    moving = run(shards, own, tmp_path / "moving", pair_spec=filtered)
    shard = shards.split("train").shards[0]
    for one, other in zip(
        read_sidecar(Path(every.path), shard), read_sidecar(Path(moving.path), shard), strict=True
    ):
        assert np.array_equal(one, other)
    assert len(open_latents(shards, moving, "train")) < moving.valid_pairs["train"]


def test_labels_of_another_motion_filter_are_taken(
    shards: ShardSet, laq: Checkpoint, tmp_path: Path
) -> None:
    labels = run(shards, laq, tmp_path)
    filtered = laq.model_copy(update={"pair_spec": SPEC.model_copy(update={"min_motion": 0.01})})
    params = FoundationParams.model_validate(
        {"backend": {"kind": "film_cnn"}, "trainer": {"max_steps": 2000, "batch_size": 1}}
    )
    assert filtered.pair_spec != labels.pair_spec
    check_labels(labels, shards, params, laq=filtered)


def test_entropy_of_known_counts() -> None:
    assert entropy_bits(np.array([1, 1, 1, 1])) == pytest.approx(2.0)
    assert entropy_bits(np.array([5, 0])) == 0.0
