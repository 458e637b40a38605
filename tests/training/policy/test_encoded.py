"""What never changes while a policy learns is computed once, and changes nothing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from lapa.models.foundation.film_cnn.model import FilmCnn
from lapa.records import Checkpoint, ShardSet
from lapa.training.policy import fit
from toys.homing import film_backbone, homing_shards, recipe


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return homing_shards(tmp_path_factory.mktemp("homing"))


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory, shards: ShardSet) -> Checkpoint:
    return film_backbone(tmp_path_factory.mktemp("backbone"), shards)


@pytest.mark.parametrize("train", ["head", "neck", ("neck", "head")])
def test_what_is_kept_gives_the_weights_that_frames_give(
    shards: ShardSet,
    pretrained: Checkpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: str | tuple[str, ...],
) -> None:
    records = []
    for name in ("kept", "seen"):
        if name == "seen":
            module = import_module("lapa.training.policy.encoded")
            monkeypatch.setattr(module, "kept_of", lambda policy, params: None)
        params = recipe(train=train)
        work = tmp_path / name
        records.append(fit(shards=shards, foundation=pretrained, params=params, work=work))
    assert records[0].metrics == pytest.approx(records[1].metrics, rel=1e-4)
    kept, seen = (load_file(Path(record.path) / "model.safetensors") for record in records)
    for name, weights in kept.items():
        torch.testing.assert_close(weights, seen[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("train", ["neck", ("neck", "head")])
def test_a_frozen_trunk_sees_every_frame_once(
    shards: ShardSet,
    pretrained: Checkpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: str | tuple[str, ...],
) -> None:
    seen, trunk = [], FilmCnn.trunk

    def counted(self: FilmCnn, images: Tensor, instructions: list[str]) -> Tensor:
        seen.append(len(images))
        return trunk(self, images, instructions)

    monkeypatch.setattr(FilmCnn, "trunk", counted)
    params = recipe(train=train, trainer={"max_steps": 30})
    record = fit(shards=shards, foundation=pretrained, params=params, work=tmp_path)
    assert sum(seen) == sum(record.samples.values())
