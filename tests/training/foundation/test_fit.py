"""Stage 2 end to end in one process: learning, resume, refusals, controls, records."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from lapa.data.loading.latents import open_latents
from lapa.models.foundation.storage import load_foundation
from lapa.records import Checkpoint, digest_of_file
from lapa.training.common import loop as loop_module
from lapa.training.common import step_clock
from lapa.training.common.joined_run import joined_run
from lapa.training.foundation import fit, initialize
from lapa.training.foundation import model as model_module
from toys.backends import tiny, tiny_tokens
from toys.foundations import arguments, params
from toys.labeled_squares import LabeledSquares, S, labeled_squares
from toys.logged import SPEED, logged


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    return labeled_squares(tmp_path_factory.mktemp("squares"), n=60)


def losses(work: Path) -> dict[int, float]:
    """Training loss by step; the later line of a step holds."""
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return {line["step"]: line["train/loss"] for line in lines if "train/loss" in line}


def test_learns_and_beats_the_majority(squares: LabeledSquares, tmp_path: Path) -> None:
    config = params(
        trainer={"max_steps": 250, "batch_size": 32, "log_every": 50, "select": "last"},
        optimizer={"learning_rate": 1e-2},
    )
    record = fit(**arguments(*squares, config, tmp_path))
    assert record.step == 250
    assert record.digest == digest_of_file(tmp_path / "model/model.safetensors")
    assert record.inputs == {
        "shards": squares[0].digest,
        "labels": squares[1].digest,
        "laq": "laq-a",
    }
    found = record.metrics
    assert found["val/top1"] > found["val/top1_majority"] + 0.3
    assert found["val/top1_blank_image"] < found["val/top1"]
    assert found["val/top3"] >= found["val/top1"] >= found["val/sequence"]
    positions = [found[f"val/top1_position_{i}"] for i in range(S)]
    assert sum(positions) / S == pytest.approx(found["val/top1"])
    assert {"val/top1_blank_language", "val/top1_swapped_language"} <= set(found)


def test_saved_model_is_the_trained_one(squares: LabeledSquares, tmp_path: Path) -> None:
    fit(**arguments(*squares, params(), tmp_path))
    trained = torch.load(tmp_path / "resume/step-00000006.ckpt", weights_only=True)["model"]
    saved = load_foundation(tmp_path / "model").state_dict()
    assert all(torch.equal(saved[name], value) for name, value in trained.items())


def plain(squares: LabeledSquares, tmp_path: Path) -> Any:
    """The same training on pictures as they are."""
    fit(**arguments(*squares, params(accumulate=2), tmp_path / "plain"))
    return tmp_path / "plain"


@pytest.mark.parametrize("stop", [1, 3, 4])
def test_killed_at_any_step_resumes_with_the_identical_curve(
    squares: LabeledSquares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    settings = params(accumulate=2, augmentation={"shift": 0.1, "brightness": 0.1})
    whole = fit(**arguments(*squares, settings, tmp_path / "whole"))
    assert losses(tmp_path / "whole") != losses(plain(squares, tmp_path))
    step = loop_module.Loop._step

    def dies(self: Any, batches: Any) -> Any:
        if self.state.step == stop:
            raise KeyboardInterrupt
        return step(self, batches)

    monkeypatch.setattr(loop_module.Loop, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        fit(**arguments(*squares, settings, tmp_path / "killed"))
    monkeypatch.setattr(loop_module.Loop, "_step", step)
    torch.manual_seed(999)  # nothing may depend on the generator's state at start
    resumed = fit(**arguments(*squares, settings, tmp_path / "killed"))
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    assert resumed.digest == whole.digest
    assert resumed.metrics == whole.metrics


def test_a_finished_training_is_not_repeated(squares: LabeledSquares, tmp_path: Path) -> None:
    first = fit(**arguments(*squares, params(), tmp_path))
    before = (tmp_path / "metrics.jsonl").read_text().count("train/loss")
    assert fit(**arguments(*squares, params(), tmp_path)) == first
    assert (tmp_path / "metrics.jsonl").read_text().count("train/loss") == before


def test_accumulating_equals_a_larger_batch(squares: LabeledSquares, tmp_path: Path) -> None:
    fit(**arguments(*squares, params(trainer={"batch_size": 16}), tmp_path / "large"))
    fit(**arguments(*squares, params(trainer={"batch_size": 8}, accumulate=2), tmp_path / "small"))
    large, small = losses(tmp_path / "large"), losses(tmp_path / "small")
    assert list(small.values()) == pytest.approx(list(large.values()), abs=1e-5)


def test_initialized_control_is_where_training_starts(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    shards, labels = squares
    record = initialize(
        shards=shards,
        pair_spec=labels.pair_spec,
        params=params(),
        work=tmp_path / "scratch",
    )
    assert (record.step, record.kind) == (0, "foundation")
    still = params(
        optimizer={"learning_rate": 1e-30, "final_learning_rate": 0.0, "warmup_steps": 1},
        trainer={"max_steps": 2},
    )
    trained = fit(**arguments(shards, labels, still, tmp_path / "still"))
    control = load_foundation(Path(record.path)).state_dict()
    start = load_foundation(Path(trained.path)).state_dict()
    for name, weights in control.items():
        torch.testing.assert_close(start[name], weights, rtol=0, atol=1e-12)


def test_labels_of_other_shards_are_refused_with_both_digests(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    shards, labels = squares
    other = labels.model_copy(update={"shard_digest": "elsewhere"})
    with pytest.raises(ValueError, match="elsewhere") as caught:
        fit(**arguments(shards, other, params(), tmp_path))
    assert shards.digest in str(caught.value)


def test_labels_of_another_quantizer_are_refused_with_both_digests(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    shards, labels = squares
    laq = Checkpoint(
        path="",
        kind="laq",
        step=1,
        digest="laq-b",
        inputs={},
        pair_spec=labels.pair_spec,
        code_version="",
    )
    with pytest.raises(ValueError, match="'laq-a', expected 'laq-b'"):
        fit(**arguments(shards, labels, params(), tmp_path), laq=laq)


def test_other_sizes_than_the_labels_are_refused(squares: LabeledSquares, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="codebook size: found 4, expected 8"):
        fit(**arguments(*squares, params(codebook_size=8), tmp_path))


def test_frozen_modules_do_not_move(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    config = params(freeze=("stem", "instruction"))
    trained = load_foundation(Path(fit(**arguments(shards, labels, config, tmp_path)).path))
    start = torch.load(tmp_path / "resume/step-00000002.ckpt", weights_only=True)["model"]
    moved = {
        n.split(".")[0] for n, v in trained.state_dict().items() if not torch.equal(v, start[n])
    }
    assert not moved & {"stem", "instruction"}
    assert {"blocks", "neck", "head"} <= moved


def test_a_mistyped_module_to_freeze_is_named(squares: LabeledSquares, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names 'vison'"):
        fit(**arguments(*squares, params(freeze=("vison",)), tmp_path))


def test_bfloat16_trains(squares: LabeledSquares, tmp_path: Path) -> None:
    fit(**arguments(*squares, params(trainer={"precision": "bf16-mixed"}), tmp_path))
    curve = losses(tmp_path)
    assert all(torch.isfinite(torch.tensor(list(curve.values()))))


def test_weights_that_are_no_numbers_are_never_saved(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    diverges = params(
        optimizer={"learning_rate": 1e30, "clip_norm": 0.0},
        trainer={"log_every": 100, "checkpoint_every": 4},
    )
    with pytest.raises(FloatingPointError, match=r"loss is nan at step [123], .*samples are"):
        fit(**arguments(*squares, diverges, tmp_path))
    assert not list(tmp_path.glob("resume/*.ckpt"))


def test_published_modules_train_in_training_mode_from_the_first_step(
    squares: LabeledSquares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    step, fresh = loop_module.Loop._step, model_module.fresh_model

    def watched(self: Any, batches: Any) -> Any:
        modes.append(self.state.module.training and self.state.model.stem.training)
        return step(self, batches)

    monkeypatch.setattr(loop_module.Loop, "_step", watched)
    monkeypatch.setattr(model_module, "fresh_model", lambda *given: fresh(*given).eval())
    fit(**arguments(*squares, params(trainer={"max_steps": 3}), tmp_path))
    assert modes == [True] * 3


def test_throughput_counts_the_steps_since_the_last_log(
    squares: LabeledSquares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = params(trainer={"max_steps": 5, "log_every": 3})
    ticks = count()
    clock = SimpleNamespace(perf_counter=lambda: next(ticks))
    monkeypatch.setattr(step_clock, "time", clock)
    fit(**arguments(*squares, config, tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    rates = [line["train/samples_per_second"] for line in lines if "train/loss" in line]
    # four ticks a step, one of them (between steps) skipped
    assert rates == pytest.approx([3 * 8 / 9, 2 * 8 / 6])
    waits = [line["train/data_wait_fraction"] for line in lines if "train/loss" in line]
    assert waits == pytest.approx([1 / 3, 1 / 3])
    assert logged(tmp_path) >= SPEED


def test_backends_that_write_their_answer_are_judged_by_what_they_write(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    short = {"max_steps": 2, "val_max_samples": 8}
    for name, backend in {
        "turns": tiny(decoding="autoregressive"),
        "tokens": tiny_tokens(),
    }.items():
        config = params(trainer=short, optimizer={"warmup_steps": 1})
        config = config.model_copy(update={"backend": backend})
        found = fit(**arguments(*squares, config, tmp_path / name)).metrics
        assert 0 <= found["val/decoded_sequence"] <= found["val/decoded_top1"] <= 1
        own = found["val/decoded_top1"] - found["val/top1_majority"]
        assert found["val/gain_over_majority"] == pytest.approx(own)
        assert 0 <= found["val/decoded_top1_blank_language"] <= 1
        assert ("val/parse_health" in found) == (name == "tokens")


def test_metrics_join_the_run_that_is_open(squares: LabeledSquares, tmp_path: Path) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.set_experiment("stage 2")  # another test's experiment may still be the active one
    with mlflow.start_run() as run:
        fit(**arguments(*squares, params(), tmp_path / "work"), run=joined_run())
        assert mlflow.active_run().info.run_id == run.info.run_id
    client = mlflow.MlflowClient()
    history = client.get_metric_history(run.info.run_id, "train/loss")
    assert [point.step for point in history] == [1, 2, 3, 4, 5, 6]
    assert "val/top1_position_1" in client.get_run(run.info.run_id).data.metrics


def test_mirrored_images_are_refused() -> None:
    with pytest.raises(ValueError, match=r"augmentation\.flip is 0\.5, expected 0"):
        params(augmentation={"flip": 0.5})


def test_few_samples_are_trained_and_measured(squares: LabeledSquares, tmp_path: Path) -> None:
    trainer = {"max_steps": 60, "batch_size": 16, "select": "last", "measure_train_samples": 8}
    settings = params(train_max_samples=1, trainer=trainer, optimizer={"learning_rate": 1e-2})
    few = fit(**arguments(*squares, settings, tmp_path / "few"))
    every = fit(**arguments(*squares, params(), tmp_path / "every"))
    assert few.samples["train"] == 1
    assert few.samples["val"] == every.samples["val"]
    assert every.samples["train"] == sum(c.pairs for c in every.pairs["train"].values())
    assert few.pairs == every.pairs
    assert few.metrics["train_eval/top1"] == 1.0
    assert few.metrics["train_eval/loss"] < few.metrics["val/loss"]


def test_another_motion_filter_needs_no_other_labels(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    shards, labels = squares
    filtered = labels.pair_spec.model_copy(update={"min_motion": 1e-3})
    record = fit(**arguments(shards, labels, params(), tmp_path), pair_spec=filtered)
    moving = open_latents(shards, labels, "train", spec=filtered)
    assert len(moving) < len(open_latents(shards, labels, "train"))
    assert record.pair_spec == filtered
    assert record.samples["train"] == len(moving)
    assert record.pairs["train"] == moving.pair_counts
    assert record.inputs["labels"] == labels.digest


def test_pairs_of_another_horizon_are_refused(squares: LabeledSquares, tmp_path: Path) -> None:
    shards, labels = squares
    longer = labels.pair_spec.model_copy(update={"horizon_s": 0.3})
    with pytest.raises(ValueError, match=r"horizon of its pairs: found 0\.1, expected 0\.3"):
        fit(**arguments(shards, labels, params(), tmp_path), pair_spec=longer)
