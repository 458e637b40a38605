"""From a shard set to a checkpoint that loads, for the trained model and its untrained control."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.batches import PairBatch
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import open_pairs
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.laq import fit, initialize
from lapa.training.laq.fit import build_model, train
from lapa.training.laq.loaders import LaqLoaders, open_loaders
from toys.logged import SPEED
from toys.shards import tiny_shard_set
from toys.squares import squares_loaders, tiny_params

SPEC = PairSpec(horizon_s=0.1)
FIGURES = {
    "loss_recon",
    "perplexity",
    "codebook_utilization",
    "psnr",
    "psnr_gain_over_copy",
    "psnr_gain_shuffled",
    "code_dependence",
    "ssim",
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("squares"))


def arguments(shards: ShardSet, work: Path, **changes: Any) -> dict[str, Any]:
    params = tiny_params(pictures=2, **changes)
    return {
        "shards": shards,
        "pair_spec": SPEC,
        "params": params,
        "work": work,
    }


@pytest.fixture(scope="module")
def trained(shards: ShardSet, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return fit(**arguments(shards, tmp_path_factory.mktemp("work")))


def test_the_checkpoint_describes_itself(trained: Checkpoint, shards: ShardSet) -> None:
    assert (trained.kind, trained.step) == ("laq", 12)
    assert trained.inputs == {"shards": shards.digest}
    assert trained.pair_spec == SPEC
    assert {f"val/{name}" for name in FIGURES} <= trained.metrics.keys()


def test_the_record_counts_what_was_read(trained: Checkpoint, shards: ShardSet) -> None:
    pairs = open_pairs(shards, "train", SPEC)
    assert trained.pairs["train"] == pairs.pair_counts
    assert trained.samples == {"train": len(pairs), "val": 16}


def test_fewer_samples_are_nested_and_validated_alike(shards: ShardSet) -> None:
    def opened(count: int | None) -> LaqLoaders:
        return open_loaders(shards, SPEC, tiny_params(train_max_samples=count))

    def ids(batches: Iterable[PairBatch]) -> set[int]:
        return {int(i) for batch in batches for i in batch["sample_id"]}

    rungs = [opened(count) for count in (1, 10, None)]
    trained_on = [ids(rung.train(0)) for rung in rungs]
    assert [len(seen) for seen in trained_on[:2]] == [1, 10]
    assert trained_on[0] < trained_on[1] < ids([*rungs[2].train(0), *opened(None).train(0)])
    held_out = [ids(rung.val) for rung in rungs]
    assert held_out[0] == held_out[1] == held_out[2]
    assert [rung.data.samples["train"] for rung in rungs[:2]] == [1, 10]


def test_one_pair_is_fitted_and_measured(shards: ShardSet, tmp_path: Path) -> None:
    trainer = {"max_steps": 60, "measure_train_samples": 16, "select": "last"}
    merged = tiny_params().trainer.model_dump() | trainer
    record = fit(**arguments(shards, tmp_path, train_max_samples=1, trainer=merged))
    assert record.samples["train"] == 1
    assert record.metrics["train_eval/loss_recon"] < record.metrics["val/loss_recon"]
    untouched = fit(
        **arguments(
            shards,
            tmp_path / "not measured",
            train_max_samples=1,
            trainer=merged | {"measure_train_samples": 0},
        )
    )
    assert untouched.digest == record.digest
    assert not any(name.startswith("train_eval/") for name in untouched.metrics)


def test_everything_lies_below_work(trained: Checkpoint) -> None:
    work = Path(trained.path).parent
    assert {path.name for path in work.iterdir()} >= {"model", "resume", "plots"}
    pictures = sorted(path.name for path in (work / "plots").iterdir())
    assert pictures == ["reconstructions-00000006.png", "reconstructions-00000012.png"]
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    logged = set().union(*lines)
    assert {f"train/{name}" for name in FIGURES} <= logged
    assert logged >= SPEED


def test_the_saved_model_has_the_recorded_figures(trained: Checkpoint, shards: ShardSet) -> None:
    model = load_laq(Path(trained.path))
    pairs = open_pairs(shards, "val", SPEC, max_samples=16)
    (batch,) = evaluation_loader(pairs, batch_size=16)
    frames = to_frames(batch["frames"])
    with torch.no_grad():
        error = (model(frames).reconstruction.clamp(0, 1) - frames[:, :, 1]).square().mean()
    assert float(error) == pytest.approx(trained.metrics["val/loss_recon"], rel=1e-4)


def test_the_control_is_untrained_and_spread(shards: ShardSet, tmp_path: Path) -> None:
    control = initialize(**arguments(shards, tmp_path))
    assert control.step == 0
    assert control.metrics["val/psnr_gain_over_copy"] == pytest.approx(0, abs=1e-3)
    assert control.metrics["val/perplexity"] > 2
    again = initialize(**arguments(shards, tmp_path / "again"))
    assert again.digest == control.digest


def test_image_sizes_must_agree(shards: ShardSet, tmp_path: Path) -> None:
    wrong = arguments(shards, tmp_path, model={"image_size": 64, "patch_size": 8})
    with pytest.raises(ValueError, match=r"32 pixels, but `model\.image_size` is 64"):
        fit(**wrong)


def test_it_learns_the_moves(tmp_path: Path) -> None:
    params = tiny_params(
        trainer={"max_steps": 120, "batch_size": 16, "validate_every": 120, "val_max_samples": 64},
        optimizer={"learning_rate": 4e-3, "warmup_steps": 5},
        codebook={"replace_every": 25},
    )
    _, exported = train(params, squares_loaders(params, count=256), work=tmp_path)
    assert exported.metrics["val/psnr_gain_over_copy"] > 1.5
    assert exported.metrics["val/code_dependence"] > 1.0


def test_codes_do_not_touch_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    params = tiny_params()
    model = build_model(params).eval()

    def forbidden(*_: object) -> None:
        raise AssertionError("the decoder was touched")

    monkeypatch.setattr(model.decoder, "forward", forbidden)
    batch = next(iter(squares_loaders(params).val))
    codes = model.codes(to_frames(batch["frames"]))
    assert codes.shape == (8, 1)
    assert codes.dtype == torch.int64


def test_weights_depend_on_the_seed_alone() -> None:
    torch.rand(3)
    first, second = (build_model(tiny_params()).state_dict() for _ in range(2))
    assert all(map(torch.equal, first.values(), second.values()))
    other = build_model(tiny_params(trainer={"seed": 1})).state_dict()
    assert not torch.equal(other["project_actions.weight"], first["project_actions.weight"])


def test_a_sample_that_is_not_finite_stops_training(tmp_path: Path) -> None:
    params = tiny_params(optimizer={"learning_rate": 1e30, "clip_norm": 0})
    with pytest.raises(FloatingPointError, match=r"at step \d+.*samples are"):
        train(params, squares_loaders(params), work=tmp_path)


@pytest.mark.parametrize("quantizer", ["vq_ema", "fsq", "residual_vq", "none"])
def test_every_quantizer_trains(quantizer: str, tmp_path: Path) -> None:
    size = {"quant_dim": 3} if quantizer == "fsq" else {}
    short = {"max_steps": 4, "validate_every": 4}
    params: LaqParams = tiny_params(model={"quantizer": {"kind": quantizer}, **size}, trainer=short)
    _, exported = train(params, squares_loaders(params), work=tmp_path)
    assert all(torch.isfinite(torch.tensor(value)) for value in exported.metrics.values())


def test_a_compiled_model_trains_to_the_same_figures(
    trained: Checkpoint, shards: ShardSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the tracing without the code generation, which would need a C++ compiler
    calls = []

    def traced(model: torch.nn.Module) -> None:
        calls.append(model)
        torch.nn.Module.compile(model, backend="eager")

    monkeypatch.setattr(LatentActionQuantizer, "compile", traced)
    compiled = fit(**arguments(shards, tmp_path, compile=True))
    assert len(calls) == 1
    for name in ("val/loss_recon", "val/perplexity"):
        assert compiled.metrics[name] == pytest.approx(trained.metrics[name], rel=1e-3)
