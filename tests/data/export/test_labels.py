"""Exports hold the same images, instructions and codes as the label set."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg
import webdataset as wds

from lapa.data.export import labels as export_labels
from lapa.data.export.labels import write_jsonl, write_labeled_shards
from lapa.data.loading.latents import open_latents
from toys.labeled_squares import LabeledSquares, labeled_squares


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    return labeled_squares(tmp_path_factory.mktemp("squares"))


def test_shards_are_self_contained_and_whole(squares: LabeledSquares, tmp_path: Path) -> None:
    expected = open_latents(*squares, "train")
    tars = write_labeled_shards(*squares, tmp_path, split="train", per_shard=30)
    assert len(tars) == -(-len(expected) // 30) > 1
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
    assert sorted((tmp_path / "train").iterdir()) == tars
    samples = list(wds.WebDataset([str(tar) for tar in tars], shardshuffle=False))
    assert len(samples) == len(expected)
    for index, sample in enumerate(samples):
        item = expected[index]
        assert np.array_equal(simplejpeg.decode_jpeg(sample["image.jpg"]), item["frames"])
        assert sample["txt"].decode() == item["instructions"]
        assert json.loads(sample["json"])["sample_id"] == item["sample_id"]
    with tarfile.open(tars[0]) as tar:
        name = next(m.name for m in tar if m.name.endswith(".latent.npy"))
        codes = np.load(io.BytesIO(tar.extractfile(name).read()), allow_pickle=False)
    assert np.array_equal(codes, expected[0]["latent_codes"])


def test_a_smaller_export_is_not_mixed_with_an_earlier_larger_one(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    earlier = write_labeled_shards(*squares, tmp_path, split="train", per_shard=10)
    with pytest.raises(FileExistsError, match=r"train exists; choose another folder, or remove it"):
        write_labeled_shards(*squares, tmp_path, split="train", per_shard=30)
    assert sorted((tmp_path / "train").iterdir()) == earlier


def test_an_export_that_dies_leaves_nothing(
    squares: LabeledSquares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies_in_the_second_tar(frame: Any) -> Any:
        made.append(frame.name)
        if len(made) > 15:
            raise KeyboardInterrupt
        return sample_of(frame)

    made: list[str] = []
    sample_of = export_labels._sample
    monkeypatch.setattr(export_labels, "_sample", dies_in_the_second_tar)
    with pytest.raises(KeyboardInterrupt):
        write_labeled_shards(*squares, tmp_path, split="train", per_shard=10)
    assert not list(tmp_path.rglob("*"))


def test_jsonl_is_what_the_original_reads(squares: LabeledSquares, tmp_path: Path) -> None:
    expected = open_latents(*squares, "val")
    path = write_jsonl(*squares, tmp_path, split="val")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == len(expected)
    for index, row in enumerate(rows):
        item = expected[index]
        assert row["delta"] == [str(code) for code in item["latent_codes"]]
        assert f"take to `{item['instructions']}` ASSISTANT:" in row["instruction"]
        image = simplejpeg.decode_jpeg((tmp_path / row["image"]).read_bytes())
        assert np.array_equal(image, item["frames"])


def test_labels_of_other_shards_are_refused(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    other = labels.model_copy(update={"shard_digest": "elsewhere"})
    with pytest.raises(ValueError, match="elsewhere"):
        write_jsonl(shards, other, tmp_path, split="val")
