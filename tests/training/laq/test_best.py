"""The quantiser that is exported: the best that was validated, by what its targets can judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.laq import fit, initialize
from lapa.training.laq.fit import criterion, train
from toys.shards import tiny_shard_set
from toys.squares import squares_loaders, tiny_params

GAIN = "val/psnr_gain_over_copy"


def worsening(**trainer: Any) -> LaqParams:
    """A learning rate that helps at first and ruins everything at the end of its warm-up."""
    optimizer = {"learning_rate": 1.0, "final_learning_rate": 1.0, "warmup_steps": 29}
    steps = {"max_steps": 30, "validate_every": 3, "checkpoint_every": 3}
    return tiny_params(optimizer=optimizer, trainer=steps | trainer)


def curve(work: Path) -> dict[int, float]:
    """Gain by the number of optimiser steps behind it."""
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return {line["step"] + 1: line[GAIN] for line in lines if GAIN in line}


@pytest.mark.parametrize("ema", [{}, {"decay": 0.3}])
def test_a_training_that_gets_worse_exports_the_earlier_weights(
    ema: dict[str, float], tmp_path: Path
) -> None:
    params = worsening().model_copy(update={"ema": tiny_params(ema=ema).ema})
    loaders = squares_loaders(params)
    model, exported = train(params, loaders, work=tmp_path)
    gains = curve(tmp_path)
    assert exported.step == max(gains, key=gains.__getitem__) < 30
    assert (exported.selected, exported.selected_by) == ("best", GAIN)
    errors = []
    for batch in loaders.val:
        frames = to_frames(batch["frames"])
        with torch.no_grad():
            errors.append((model.eval()(frames).reconstruction.clamp(0, 1) - frames[:, :, 1]) ** 2)
    error = float(torch.cat(errors).mean())
    assert error == pytest.approx(exported.metrics["val/loss_recon"], rel=1e-4)


def test_the_last_step_where_it_is_asked_for(tmp_path: Path) -> None:
    params = worsening(select="last")
    _, exported = train(params, squares_loaders(params), work=tmp_path)
    assert (exported.step, exported.selected, exported.selected_by) == (30, "last", "")
    assert exported.metrics[GAIN] < max(curve(tmp_path).values())


def test_without_pixels_among_the_targets_the_loss_decides() -> None:
    silent = tiny_params(targets={"pixels": {"weight": 0.0}, "flow": {"weight": 1.0}})
    chosen = criterion(silent)
    assert chosen is not None
    assert (chosen.metric, chosen.larger_is_better) == ("val/loss", False)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    """Shards that hold nothing out."""
    shards = tiny_shard_set(tmp_path_factory.mktemp("squares"))
    return shards.model_copy(update={"splits": {"train": shards.split("train")}})


def test_without_held_out_pairs_the_last_step_is_exported_and_said_so(
    everything: ShardSet, tmp_path: Path
) -> None:
    arguments = {
        "shards": everything.model_dump(mode="json"),
        "pair_spec": PairSpec(horizon_s=0.1).model_dump(mode="json"),
        "params": tiny_params(pictures=2).model_dump(mode="json"),
    }
    trained = Checkpoint(**fit(**arguments, work=str(tmp_path / "trained")))
    assert (trained.step, trained.selected, trained.metrics) == (12, "last", {})
    assert "no validation data" in trained.notes[0]
    control = Checkpoint(**initialize(**arguments, work=str(tmp_path / "control")))
    assert (control.step, control.metrics) == (0, {})
