"""Rungs are read from checkpoints, each stage by its own error and control."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.evaluation.ladder import CONTROLS, ERRORS, Ladder, rung_of
from lapa.evaluation.plots.ladder import plot_ladder
from lapa.records import Checkpoint, PairSpec

METRICS = {
    "laq": {"train_eval/loss_recon": 0.001, "val/loss_recon": 0.004, "val/psnr_copy": 20.0},
    "foundation": {"train_eval/top1": 0.9, "val/top1": 0.6, "val/top1_majority": 0.25},
    "policy": {
        "train_eval/mse_normalized": 0.1,
        "mse_normalized": 0.4,
        "predict_mean/mse_normalized": 0.5,
    },
}
ERRORS_OF = {"laq": (0.001, 0.004, 0.01), "foundation": (0.1, 0.4, 0.75), "policy": (0.1, 0.4, 0.5)}


def checkpoint(kind: str, metrics: dict[str, float], samples: int = 10) -> Checkpoint:
    return Checkpoint.model_validate(
        {
            "path": "somewhere",
            "kind": kind,
            "step": 7,
            "digest": "d",
            "inputs": {},
            "pair_spec": PairSpec(horizon_s=0.1),
            "code_version": "test",
            "samples": {"train": samples},
            "metrics": metrics,
        }
    )


@pytest.mark.parametrize("kind", METRICS)
def test_each_stage_has_its_error_and_its_control(kind: str) -> None:
    rung = rung_of("10", "run", checkpoint(kind, METRICS[kind]))
    assert (rung.train, rung.held_out, rung.control) == pytest.approx(ERRORS_OF[kind])
    assert (rung.samples, rung.steps) == (10, 7)


def test_a_model_that_writes_codes_itself_is_measured_so() -> None:
    decoded = {"train_eval/decoded_top1": 0.5, "val/decoded_top1": 0.3}
    rung = rung_of("1", "run", checkpoint("foundation", METRICS["foundation"] | decoded))
    assert (rung.train, rung.held_out) == pytest.approx((0.5, 0.7))


def test_without_anything_held_out_there_is_one_line(tmp_path: Path) -> None:
    rung = rung_of("1", "run", checkpoint("laq", {"train_eval/loss_recon": 0.1}))
    assert (rung.held_out, rung.control) == (None, None)
    plot_ladder(_ladder("laq", rung), tmp_path / "one.png")
    assert (tmp_path / "one.png").stat().st_size > 1000


def test_a_training_that_was_not_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="has no metric under train_eval/"):
        rung_of("1", "run", checkpoint("laq", {"val/loss_recon": 0.1}))


def test_the_picture_is_a_function_of_the_numbers(tmp_path: Path) -> None:
    rungs = [rung_of(str(n), "r", checkpoint("laq", METRICS["laq"], samples=n)) for n in (100, 1)]
    for name in ("a.png", "b.png"):
        plot_ladder(_ladder("laq", *rungs), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def _ladder(stage: str, *rungs: object) -> Ladder:
    return Ladder.model_validate(
        {
            "stage": stage,
            "environment": "test",
            "error": ERRORS[stage],
            "control": CONTROLS[stage],
            "rungs": rungs,
        }
    )
