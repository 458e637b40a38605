"""A backend that the package does not know is named by its path, pretrains, is saved and loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lapa.models.foundation.storage import load_foundation
from lapa.models.storage import read_config
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.foundation.stage import FoundationParams
from lapa.training.foundation import fit
from lapa.training.foundation.planning import plan_training
from toys.backend_toy import GridParams, GridPolicy
from toys.foundations import arguments, params
from toys.labeled_squares import K, S, labeled_squares

KIND = "toys.backend_toy:GridParams"


def toy_params(**trainer: int) -> FoundationParams:
    settings = params(trainer=trainer).model_dump() | {"backend": {"kind": KIND, "dim": 16}}
    return FoundationParams(**settings)


def test_a_toy_backend_pretrains_is_saved_and_loaded(tmp_path: Path) -> None:
    shards, labels = labeled_squares(tmp_path)
    config = toy_params(max_steps=40)
    record = fit(**arguments(shards, labels, config, tmp_path / "work"))
    folder = Path(record.path)
    assert read_config(folder, FoundationModelParams).backend == GridParams(kind=KIND, dim=16)
    model = load_foundation(folder)
    assert isinstance(model, GridPolicy)
    images = torch.zeros(2, 16, 16, 3, dtype=torch.uint8)
    codes = model.predict_codes(images, ["move the red square"] * 2)
    assert codes.shape == (2, S)
    assert codes.max() < K
    assert record.metrics["val/top1"] > record.metrics["val/top1_majority"]


def test_it_needs_no_plan() -> None:
    with pytest.raises(ValueError, match=r"'toys\.backend_toy:GridParams' counts no tokens"):
        plan_training(toy_params())
