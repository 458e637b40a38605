"""What a record beside weights says is checked when they are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError
from torch import nn

from lapa.datasets.checkpoint import CheckpointDataset
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.laq.model import LaqModelParams
from lapa.params.policy import PolicyModelParams
from lapa.records import Checkpoint, PairSpec, digest_of_file


def published(root: Path, name: str = "laq", *, bias: float = 0.0) -> Path:
    """A checkpoint as a stage leaves it."""
    model = nn.Linear(3, 2)
    nn.init.constant_(model.bias, bias)
    source = root / f"work-{name}" / "checkpoint"
    record = Checkpoint(
        path=str(source),
        kind="laq",
        step=7,
        digest=save_model(source, model, LaqModelParams()),
        inputs={"shards": "s"},
        pair_spec=PairSpec(horizon_s=0.1),
        code_version="0",
    )
    CheckpointDataset(filepath=str(root / name), kind="laq").save(record)
    return root / name


def flip(path: Path, position: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(bytes(data))


def test_what_was_published_loads(tmp_path: Path) -> None:
    folder = published(tmp_path, bias=2.0)
    model = nn.Linear(3, 2)
    load_weights(folder, model, kind="laq")
    assert model.bias.tolist() == [2.0, 2.0]


def test_a_flipped_byte_is_named_with_both_digests(tmp_path: Path) -> None:
    folder = published(tmp_path)
    expected = digest_of_file(folder / "model.safetensors")
    flip(folder / "model.safetensors")
    edited = digest_of_file(folder / "model.safetensors")
    with pytest.raises(
        ValueError, match=rf"model\.safetensors: found '{edited}', expected '{expected}'"
    ):
        load_weights(folder, nn.Linear(3, 2))


def test_weights_of_another_model_under_this_record_are_refused(tmp_path: Path) -> None:
    folder, other = published(tmp_path), published(tmp_path, "other", bias=1.0)
    (folder / "model.safetensors").write_bytes((other / "model.safetensors").read_bytes())
    with pytest.raises(ValueError, match="not the file its record describes"):
        load_weights(folder, nn.Linear(3, 2))


def test_an_edited_configuration_is_refused(tmp_path: Path) -> None:
    folder = published(tmp_path)
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"image_size": 256', '"image_size": 128'))
    with pytest.raises(
        ValueError, match=r"config\.json: found .*not the file its record describes"
    ):
        load_weights(folder, nn.Linear(3, 2))


@pytest.mark.parametrize(
    "edit", [{"digest": "0" * 64}, {"inputs": {"shards": "f"}}, {"kind": "policy"}, {"step": 0}]
)
def test_an_edited_record_is_refused_by_catalog_and_loader(
    tmp_path: Path, edit: dict[str, object]
) -> None:
    folder = published(tmp_path)
    record = folder / "record.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | edit))
    with pytest.raises(Exception, match=r"seal of .*record\.json: .*edited after it was written"):
        CheckpointDataset(filepath=str(folder), kind="laq").load()
    with pytest.raises(ValueError, match="edited after it was written"):
        load_weights(folder, nn.Linear(3, 2))


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with pytest.raises(Exception, match=r"kind of the checkpoint .*found 'laq', expected 'policy'"):
        CheckpointDataset(filepath=str(folder), kind="policy").load()
    with pytest.raises(ValueError, match="found 'laq', expected 'foundation'"):
        load_weights(folder, nn.Linear(3, 2), kind="foundation")


def test_a_moved_artefact_is_still_itself(tmp_path: Path) -> None:
    folder = published(tmp_path).rename(tmp_path / "elsewhere")
    assert CheckpointDataset(filepath=str(folder), kind="laq").load().path == str(folder)
    load_weights(folder, nn.Linear(3, 2), kind="laq")


@pytest.mark.parametrize("keep", [0, 5, 60])
def test_a_truncated_file_is_named_even_without_a_record(tmp_path: Path, keep: int) -> None:
    save_model(tmp_path, nn.Linear(3, 2), LaqModelParams())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"model\.safetensors is damaged"):
        load_weights(tmp_path, nn.Linear(3, 2))


def test_weights_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        save_model(tmp_path, nn.Linear(3, 2), LaqModelParams())
    finally:
        os.umask(before)
    assert (tmp_path / "model.safetensors").stat().st_mode & 0o777 == 0o640


def test_another_kind_of_model_is_named_in_one_sentence(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with pytest.raises(ValueError, match="found 'laq', expected 'policy'; point to the right"):
        read_config(folder, PolicyModelParams)
    (folder / "config.json").write_text("[]")
    with pytest.raises(ValidationError):
        read_config(folder, PolicyModelParams)
