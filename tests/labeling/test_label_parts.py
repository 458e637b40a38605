"""Labelling in parts: each alone, and together the labels that one process writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.labels import sidecar
from lapa.data.loading.latents import open_latents
from lapa.labeling import worker as label_worker
from lapa.labeling.label_parts import label_part, merge_labels
from lapa.labeling.label_shards import label_shards
from lapa.params.array_part import ArrayPart
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, MadePart, PairSpec, ShardSet
from toys.array_parts import parts_in
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


@pytest.fixture
def asked(shards: ShardSet, laq: Checkpoint) -> dict[str, Any]:
    params = LabelingParams(batch_size=7, accelerator="cpu")
    return {"shards": shards, "model": laq, "pair_spec": SPEC, "params": params}


def labeled(asked: dict[str, Any], part: str, folder: Path) -> MadePart:
    """Make one part and publish it below ``folder``."""
    work = folder / f"work-{part.replace('/', '-')}"
    made = label_part(**asked, part=ArrayPart.of_text(part), work=work)
    parts_in(folder, part).save(made)
    shutil.rmtree(work)
    return made


def merged(asked: dict[str, Any], of: int, folder: Path) -> LabelSet:
    parts = parts_in(folder, f"merge/{of}").load()
    return merge_labels(**asked, parts=parts, work=folder)


@pytest.mark.parametrize("of", [2, 9])
def test_merged_parts_are_the_labels_of_one_process_byte_by_byte(
    asked: dict[str, Any], shards: ShardSet, tmp_path: Path, of: int
) -> None:
    whole = label_shards(**asked, work=tmp_path / "whole")
    for number in range(of, 0, -1):
        labeled(asked, f"{number}/{of}", tmp_path / "array")
    joined = merged(asked, of, tmp_path / "array")
    assert joined == whole.model_copy(update={"path": joined.path})
    names = [sidecar(shard) for split in shards.splits.values() for shard in split.shards]
    for name in names:
        assert Path(joined.path, name).read_bytes() == Path(whole.path, name).read_bytes()
    assert len(open_latents(shards, joined, "train")) == whole.valid_pairs["train"]
    facts, alone = (
        json.loads(Path(made.path, "labeling_report.json").read_text()) for made in (joined, whole)
    )
    assert {n: v for n, v in alone.items() if "rank_zero" not in n} == {
        n: v for n, v in facts.items() if n != "parts"
    }
    assert facts["parts"] == of


def test_a_killed_part_goes_on_alone(
    asked: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = labeled(asked, "1/2", tmp_path / "whole")
    assert len(whole.shards) > 1
    written: list[str] = []
    write = label_worker.write_sidecar

    def dies_at_the_second(folder: Path, shard: str, codes: np.ndarray, valid: np.ndarray) -> Any:
        if written:
            raise KeyboardInterrupt
        written.append(shard)
        return write(folder, shard, codes, valid)

    monkeypatch.setattr(label_worker, "write_sidecar", dies_at_the_second)
    part = ArrayPart.of_text("1/2")
    with pytest.raises(KeyboardInterrupt):
        label_part(**asked, part=part, work=tmp_path)
    before = (tmp_path / "part" / sidecar(written[0])).stat().st_mtime_ns
    monkeypatch.undo()
    resumed = label_part(**asked, part=part, work=tmp_path)
    assert resumed.digest == whole.digest
    assert (tmp_path / "part" / sidecar(written[0])).stat().st_mtime_ns == before


def test_a_part_by_another_quantizer_is_named(asked: dict[str, Any], tmp_path: Path) -> None:
    labeled(asked, "1/2", tmp_path)
    other = tiny_laq(tmp_path / "laq", seed=1, pair_spec=SPEC)
    labeled(asked | {"model": other}, "2/2", tmp_path)
    with pytest.raises(ValueError, match=r"part 2/2 .*\(laq was \w+, is \w+\)"):
        merged(asked, 2, tmp_path)
