"""The original's recipe: its preset as composed, its rule for unused codes, and that it trains."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec
from lapa.training.laq import fit
from lapa.training.laq.original_code_replacement import OriginalCodeReplacement
from toys.foreign import Sizes
from toys.paths import ROOT
from toys.shards import tiny_shard_set


def composed(environment: str, **given: Any) -> dict[str, Any]:
    """Parameters of an environment with the preset."""
    given = {"laq": {"preset": "lapa_compat", **given.pop("laq", {})}, **given}
    loader = ConfigLoader(
        str(ROOT / "conf"), env=environment, runtime_params=given, **CONFIG_LOADER_ARGS
    )
    return dict(loader["parameters"])


@pytest.mark.parametrize("environment", ["base", "laq_full"])
def test_the_preset_is_the_originals_model_and_recipe(environment: str) -> None:
    parameters = composed(environment)
    laq = LaqParams.model_validate(parameters["laq"])
    with torch.device("meta"):
        model = LatentActionQuantizer(laq.model)
    assert sum(p.numel() for p in model.parameters()) == 343_796_080
    optimizer = laq.optimizer
    assert (optimizer.learning_rate, optimizer.schedule, optimizer.warmup_steps) == (
        *(1e-4, "constant", 0),
    )
    assert (optimizer.betas, optimizer.weight_decay, optimizer.clip_norm) == ((0.9, 0.99), 0, 0.5)
    trainer = laq.trainer
    assert (trainer.max_steps, trainer.batch_size, trainer.precision) == (100_005, 64, "32-true")
    assert trainer.select == "last"
    assert laq.codebook.replacement == "original"
    assert laq.targets.pixels.motion_weight == 0
    assert parameters["ingestion"]["resize"] == "squash"
    assert parameters["ingestion"]["image_size"] == laq.model.image_size == 256


def test_a_cluster_leaves_its_precision() -> None:
    laq = LaqParams.model_validate(composed("laq_full", cluster="lrz_h100")["laq"])
    assert (laq.trainer.precision, laq.trainer.accelerator) == ("32-true", "gpu")
    assert laq.trainer.devices * laq.trainer.nodes == 8


def test_it_trains_at_toy_size(tmp_path: Path) -> None:
    sizes = {"image_size": 32, "patch_size": 4, "dim": 16, "heads": 2, "head_dim": 8}
    model = {**sizes, "quant_dim": 4}
    values = composed("test", image_size=32, laq={"model": model})["laq"]
    params = LaqParams.model_validate(values)
    assert params.model.lapa_compat
    checkpoint = fit(
        shards=tiny_shard_set(tmp_path / "squares"),
        pair_spec=PairSpec(horizon_s=0.1),
        params=params,
        work=tmp_path / "work",
    )
    assert (checkpoint.step, checkpoint.selected) == (12, "last")
    assert 0 < checkpoint.metrics["val/loss"] < 1


def small() -> LatentActionQuantizer:
    torch.manual_seed(0)
    return LatentActionQuantizer(Sizes(codes=4, grid=8).config)


def replacement_of(model: LatentActionQuantizer, batch_size: int = 64) -> Any:
    """Hand a callback the codes of steps, as a trainer would."""
    callback = OriginalCodeReplacement(
        codebook_size=model.quantizer.codebook_size, batch_size=batch_size, seed=0
    )

    def step(number: int, *codes: int) -> OriginalCodeReplacement:
        trainer = SimpleNamespace(global_step=number + 1)
        module = SimpleNamespace(model=model, log=lambda *_: None)
        callback.on_train_batch_end(trainer, module, {"codes": torch.tensor([codes])})  # type: ignore[arg-type]
        return callback

    return step


def test_codes_of_few_steps_become_copies_of_those_of_many() -> None:
    model = small()
    before = model.quantizer.codebook_rows().clone()
    step = replacement_of(model)
    for number in range(10):  # 3 and 5 in every step, 1 in six of eleven: 6 / 64 is below a tenth
        step(number, 3, 3, 5, 1 if number < 6 else 3)
        assert torch.equal(model.quantizer.codebook_rows(), before)
    callback = step(10, 3, 5)
    rows = model.quantizer.codebook_rows()
    assert callback.total_replaced == 6
    assert torch.equal(rows[[3, 5]], before[[3, 5]])
    copies = rows[[0, 1, 2, 4, 6, 7]]
    assert all((copy == before[[3, 5]]).all(dim=1).any() for copy in copies)


def test_seven_steps_of_ten_are_use_enough() -> None:
    model = small()
    step = replacement_of(model)
    for number in range(7):
        step(number, 0, 1, 2, 3, 4, 5, 6, 7)
    for number in range(7, 11):
        callback = step(number, 0)
    assert callback.total_replaced == 0


def test_a_resumed_window_continues() -> None:
    def used(cut: bool) -> torch.Tensor:
        model = small()
        step = replacement_of(model)
        for number in range(8):
            callback = step(number, 0, 1)
        if cut:
            saved: dict[str, Any] = {}
            callback.on_save_checkpoint(None, None, saved)  # type: ignore[arg-type]
            step = replacement_of(model)
            step(0, 2, 3).on_load_checkpoint(None, None, saved)  # type: ignore[arg-type]
        for number in range(8, 11):
            step(number, 0, 1)
        return model.quantizer.codebook_rows()

    assert torch.equal(used(cut=True), used(cut=False))
