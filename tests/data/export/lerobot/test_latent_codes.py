"""Latent actions become a column of a LeRobot dataset, frame by frame those of the label set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lapa.data.export.lerobot.dataset import export_lerobot
from lapa.data.export.lerobot.latent_codes import LATENT_ACTION
from lapa.data.export.shard_episodes import shard_episodes
from lapa.data.loading.latents import open_latents
from lapa.data.loading.robot import NO_LABEL
from lapa.data.sources.registry import open_source
from toys.labeled_squares import LabeledSquares, labeled_squares


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    return labeled_squares(tmp_path_factory.mktemp("squares"))


def test_codes_lie_at_their_frames(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    out = export_lerobot(shards, tmp_path / "out", labels=labels)
    rows = pq.read_table(out / "data/chunk-000/file-000.parquet")
    codes = np.array(rows[LATENT_ACTION].to_pylist())
    assert codes.shape == (rows.num_rows, labels.code_seq_len)
    first, known = 0, np.full_like(codes, NO_LABEL)
    for split in shards.splits:
        starts = {}
        for episode in shard_episodes(shards, split, "squares"):
            starts[episode.episode_id] = first
            first += episode.num_frames
        latents = open_latents(shards, labels, split)
        for index in range(len(latents)):
            facts = latents.sample(index)
            known[starts[facts["episode_id"]] + facts["frame"]] = latents.codes[index]
    assert first == rows.num_rows
    np.testing.assert_array_equal(codes, known)
    tails = (codes == NO_LABEL).all(axis=1)
    assert tails.sum() == sum(labels.masked_pairs.values())


def test_the_meaning_of_the_codes_lies_beside_them(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    out = export_lerobot(shards, tmp_path / "out", labels=labels)
    info = json.loads((out / "meta/info.json").read_text())
    assert info["features"][LATENT_ACTION] == {
        "dtype": "int64",
        "shape": [labels.code_seq_len],
        "names": ["code_0", "code_1"],
    }
    facts = json.loads((out / "meta/lapa.json").read_text())[LATENT_ACTION]
    assert facts["codebook_size"] == labels.codebook_size
    assert facts["horizon_s"] == labels.pair_spec.horizon_s
    assert (facts["labels"], facts["inputs"]) == (labels.digest, labels.inputs)
    assert LATENT_ACTION not in json.loads((out / "meta/stats.json").read_text())


def test_our_reader_is_not_disturbed(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    plain = export_lerobot(shards, tmp_path / "plain")
    coded = export_lerobot(shards, tmp_path / "coded", labels=labels)
    for one, other in zip(
        open_source("lerobot", plain), open_source("lerobot", coded), strict=True
    ):
        np.testing.assert_array_equal(one.actions, other.actions)
        np.testing.assert_array_equal(one.frames(), other.frames())
    assert not (plain / "meta/lapa.json").exists()


def test_our_reader_learns_codes_as_actions(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    out = export_lerobot(shards, tmp_path / "out", labels=labels)
    column = pq.read_table(out / "data/chunk-000/file-000.parquet")[LATENT_ACTION].to_pylist()
    episodes = list(open_source("lerobot", out, action_column=LATENT_ACTION))
    read = np.concatenate([episode.actions for episode in episodes])
    np.testing.assert_array_equal(read, np.array(column, dtype=np.float32))


def test_labels_of_other_shards_are_refused(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    other = labels.model_copy(update={"shard_digest": "another"})
    with pytest.raises(ValueError, match="belong to other shards"):
        export_lerobot(shards, tmp_path / "out", labels=other)
    assert not (tmp_path / "out").exists()
