"""The weights that validated best are exported, whatever interrupts the training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from lapa.params.base import TrainerParams
from lapa.training.common.selection import Best, Criterion, Exported, learnt, put_back
from lapa.training.common.stage_work import StageWork
from lapa.training.laq.averaging import AveragedWeights
from lapa.training.laq.keep_best import KeepBest
from lapa.training.laq.resume_point import ResumableLoader
from lapa.training.laq.trainer import build_trainer
from toys.states import newest_state

LOSS = Criterion(metric="val/loss")
GOAL = 6


class Walk(pl.LightningModule):
    """One number that grows by 1 at every step, past the goal; validation tells the distance."""

    def __init__(self, *, dies_at: int | None = None, dies_validating: bool = False) -> None:
        super().__init__()
        self.model = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.model.weight)
        self.dies_at, self.dies_validating = dies_at, dies_validating

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        if self.global_step == self.dies_at and not self.dies_validating:
            raise MemoryError
        return -self.model.weight.sum()

    def validation_step(self, batch: Tensor, batch_idx: int) -> None:
        if self.global_step == self.dies_at and self.dies_validating:
            raise MemoryError
        self.log("val/loss", (self.model.weight.sum() - GOAL).abs(), batch_size=1)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=1.0)


def steps_validated(work: Path) -> list[int]:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return [line["step"] for line in lines if "val/loss" in line]


def walk(
    work: Path,
    *,
    criterion: Criterion | None = LOSS,
    validates: bool = True,
    average: bool = False,
    **dies: Any,
) -> tuple[float, Exported]:
    module = Walk(**dies)
    keep_best = KeepBest(stage="walk", criterion=criterion, model=module.model, work=work)
    params = TrainerParams(
        max_steps=10, batch_size=1, validate_every=2, checkpoint_every=2, accelerator="cpu"
    )
    averaging = [AveragedWeights(decay=0.5)] if average else []
    trainer = build_trainer(
        params, work=StageWork(stage="laq", folder=work), callbacks=[keep_best, *averaging]
    )

    def batches(start: int) -> Iterator[Tensor]:
        yield from (torch.ones(1) for _ in range(start, params.max_steps))

    val = [torch.ones(1)] if validates else None
    loader = ResumableLoader(batches, total=params.max_steps)
    trainer.fit(module, loader, val, ckpt_path=newest_state(work), weights_only=True)
    exported = keep_best.finish(trainer, module, val)
    return module.model.weight.item(), exported


def test_a_metric_that_gets_worse_exports_the_earlier_weights(tmp_path: Path) -> None:
    weight, exported = walk(tmp_path)
    assert weight == GOAL
    assert exported == Exported(
        step=GOAL, metrics={"val/loss": 0.0}, selected="best", selected_by="val/loss"
    )


def test_the_last_step_is_exported_where_it_is_asked_for(tmp_path: Path) -> None:
    weight, exported = walk(tmp_path, criterion=None)
    assert weight == 10
    assert (exported.step, exported.selected, exported.selected_by) == (10, "last", "")
    assert exported.metrics == {"val/loss": 10 - GOAL}
    assert not (tmp_path / "best.ckpt").exists()


def test_without_validation_the_last_step_is_exported_and_said_so(tmp_path: Path) -> None:
    weight, exported = walk(tmp_path, validates=False)
    assert (weight, exported.step, exported.selected, exported.metrics) == (10, 10, "last", {})
    assert "no validation data" in exported.notes[0]


@pytest.mark.parametrize("validating", [False, True])
@pytest.mark.parametrize("step", [4, GOAL, 8])
def test_a_killed_training_keeps_the_candidate(step: int, validating: bool, tmp_path: Path) -> None:
    """Also when it dies in the validation that would have found the best."""
    with pytest.raises(MemoryError):
        walk(tmp_path, dies_at=step, dies_validating=validating)
    assert walk(tmp_path) == walk(tmp_path / "undisturbed")
    assert set(steps_validated(tmp_path)) == set(steps_validated(tmp_path / "undisturbed"))


def test_the_average_is_what_was_measured_and_is_exported(tmp_path: Path) -> None:
    weight, exported = walk(tmp_path, average=True)
    assert exported.selected == "best"
    assert exported.metrics["val/loss"] == pytest.approx(abs(weight - GOAL))
    plain, _ = walk(tmp_path / "plain")
    assert weight != plain


def test_a_damaged_candidate_costs_a_warning_and_not_the_training(tmp_path: Path) -> None:
    Best(step=2, metrics={"val/loss": 1.0}, weights={"weight": torch.ones(1, 1)}).save(tmp_path)
    file = tmp_path / "best.ckpt"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.warns(UserWarning, match="best.ckpt is unreadable"):
        weight, _ = walk(tmp_path)
    assert weight == GOAL


@pytest.mark.parametrize(
    ("criterion", "value", "best", "better"),
    [
        (LOSS, 1.0, None, True),
        (LOSS, 1.0, 2.0, True),
        (LOSS, 2.0, 2.0, False),
        (LOSS, float("nan"), None, False),
        (Criterion(metric="gain", larger_is_better=True), 3.0, 2.0, True),
        (Criterion(metric="gain", larger_is_better=True), float("inf"), 2.0, False),
    ],
)
def test_what_is_better(
    criterion: Criterion, value: float, best: float | None, better: bool
) -> None:
    assert criterion.prefers(value, best) == better


def test_frozen_weights_are_neither_copied_nor_touched() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    model[0].requires_grad_(False)
    copied = learnt(model)
    assert set(copied) == {"1.weight", "1.bias"}
    with torch.no_grad():
        model[1].weight += 1
    put_back(model, copied)
    assert torch.equal(model[1].weight, copied["1.weight"])
    with pytest.raises(ValueError, match=r"'2\.weight'"):
        put_back(model, {"2.weight": torch.ones(1, 1)})
