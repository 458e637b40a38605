"""A training on the device: its checkpoint loads on the CPU, and a stopped one goes on to the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from textures import FRAMES_APART, make_shards

from lapa.models.laq.storage import load_laq
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.stage import CodebookParams, LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.laq.fit import fit
from lapa.training.laq.module import LaqModule

pytestmark = pytest.mark.gpu

STOP_AFTER = 6
PARAMS = LaqParams(
    model=LaqModelParams(
        image_size=64, patch_size=8, dim=32, heads=2, spatial_depth=1, temporal_depth=1
    ),
    optimizer=OptimizerParams(warmup_steps=1),
    codebook=CodebookParams(initial_batches=1, replace_every=4),
    trainer=TrainerParams(max_steps=10, batch_size=4, checkpoint_every=4, validate_every=100),
)


class StoppedError(Exception):
    """What the machine does in the middle of a step."""


def trained(shards: ShardSet, work: Path) -> Checkpoint:
    return fit(
        shards=shards, pair_spec=PairSpec(horizon_s=FRAMES_APART / 5), params=PARAMS, work=work
    )


def weights(checkpoint: Checkpoint) -> dict[str, torch.Tensor]:
    return load_laq(Path(checkpoint.path)).state_dict()


def test_a_stopped_training_ends_with_the_weights_of_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards = make_shards(tmp_path / "shards", 118, 64)
    whole = weights(trained(shards, tmp_path / "whole"))
    step = LaqModule.training_step

    def stops(module: LaqModule, batch: Any, batch_idx: int) -> Any:
        if module.global_step == STOP_AFTER:
            raise StoppedError
        return step(module, batch, batch_idx)

    with monkeypatch.context() as patch:
        patch.setattr(LaqModule, "training_step", stops)
        with pytest.raises(StoppedError):
            trained(shards, tmp_path / "stopped")
    resumed = weights(trained(shards, tmp_path / "stopped"))
    assert resumed.keys() == whole.keys()
    # sums on a GPU may come in another order: equal to the bit on a CPU, nearly so there
    rtol, atol = (1e-3, 1e-4) if torch.cuda.is_available() else (0.0, 0.0)
    for name, tensor in whole.items():
        torch.testing.assert_close(resumed[name], tensor, rtol=rtol, atol=atol)
