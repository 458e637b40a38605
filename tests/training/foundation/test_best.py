"""The backbone that is exported: the best by what it names itself; alone, replicated and sharded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.distributed.launch import launch
from lapa.models.foundation.storage import load_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.params.ingestion import SplitParams
from lapa.records import Checkpoint
from lapa.training.common import loop as loop_module
from lapa.training.foundation import fit
from lapa.training.foundation.validation import CRITERION
from toys.foundations import arguments, params
from toys.labeled_squares import LabeledSquares, labeled_squares
from toys.rank_tasks import Training


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    return labeled_squares(tmp_path_factory.mktemp("squares"), n=60)


def worsening(**overrides: Any) -> FoundationParams:
    """A learning rate that helps at first and ruins everything at the end of its warm-up."""
    trainer = {"max_steps": 60, "batch_size": 16, "validate_every": 10, "checkpoint_every": 10}
    return params(
        optimizer={"learning_rate": 1.0, "final_learning_rate": 1.0, "warmup_steps": 59},
        trainer=trainer | {"log_every": 30} | overrides.pop("trainer", {}),
        **overrides,
    )


def curve(work: Path) -> dict[int, float]:
    """The selecting metric by step, as training logged it."""
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    name = CRITERION.metric
    ablated = "val/top1_blank_image"  # the figures of the exported weights, logged at the end
    return {line["step"]: line[name] for line in lines if name in line and ablated not in line}


def is_best(record: Checkpoint, work: Path) -> None:
    gains = curve(work)
    assert record.step == max(gains, key=gains.__getitem__) < 60
    assert record.metrics[CRITERION.metric] == pytest.approx(gains[record.step], abs=1e-6)
    assert (record.selected, record.selected_by) == ("best", CRITERION.metric)


def test_a_training_that_gets_worse_exports_the_earlier_weights(
    squares: LabeledSquares, tmp_path: Path
) -> None:
    record = fit(**arguments(*squares, worsening(), tmp_path))
    is_best(record, tmp_path)
    resume = tmp_path / f"resume/step-{record.step:08d}.ckpt"
    saved = load_foundation(Path(record.path)).state_dict()
    if resume.exists():  # the last three are kept
        trained = torch.load(resume, weights_only=True)["model"]
        assert all(torch.equal(saved[name], value) for name, value in trained.items())
    assert record.metrics["val/top1_blank_image"] <= record.metrics["val/top1"]


def test_the_last_step_where_it_is_asked_for(squares: LabeledSquares, tmp_path: Path) -> None:
    config = worsening(trainer={"select": "last"})
    record = fit(**arguments(*squares, config, tmp_path))
    assert (record.step, record.selected, record.selected_by) == (60, "last", "")
    assert record.metrics[CRITERION.metric] < max(curve(tmp_path).values())


def test_a_killed_training_keeps_the_candidate(
    squares: LabeledSquares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit(**arguments(*squares, worsening(), tmp_path / "whole"))
    step = loop_module.Loop._step

    def dies(self: Any, batches: Any) -> Any:
        if self.state.step == 55:
            raise KeyboardInterrupt
        return step(self, batches)

    monkeypatch.setattr(loop_module.Loop, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        fit(**arguments(*squares, worsening(), tmp_path / "killed"))
    monkeypatch.setattr(loop_module.Loop, "_step", step)
    resumed = fit(**arguments(*squares, worsening(), tmp_path / "killed"))
    assert (resumed.step, resumed.digest) == (whole.step, whole.digest)
    assert resumed.metrics == whole.metrics


def test_frozen_weights_stay_in_the_export(squares: LabeledSquares, tmp_path: Path) -> None:
    config = worsening(freeze=("stem", "instruction"))
    record = fit(**arguments(*squares, config, tmp_path))
    is_best(record, tmp_path)
    kept = torch.load(tmp_path / "best.ckpt", weights_only=True)["weights"]
    assert not [name for name in kept if name.startswith(("stem", "instruction"))]
    load_foundation(Path(record.path))


def test_without_held_out_pairs_the_last_step_is_exported_and_said_so(tmp_path: Path) -> None:
    everything = labeled_squares(tmp_path, split=SplitParams(val_fraction=0))
    record = fit(**arguments(*everything, params(), tmp_path))
    assert (record.step, record.selected, record.metrics) == (6, "last", {})
    assert "no validation data" in record.notes[0]


@pytest.mark.usefixtures("launched_here")
def test_replicas_and_shards_export_the_best_too(squares: LabeledSquares, tmp_path: Path) -> None:
    two = {"devices": 2, "batch_size": 8}
    configs = {
        "replicas": worsening(trainer=two),
        "sharded": worsening(trainer=two, shard=True, freeze=("stem",)),
    }
    jobs = [Training(*squares, config, tmp_path / name) for name, config in configs.items()]
    records = launch("toys.rank_tasks:fit_all", {"trainings": jobs}, devices=2)
    for name, record in zip(configs, records, strict=True):
        is_best(record, tmp_path / name)
        model = load_foundation(Path(record.path)).state_dict()
        best = torch.load(tmp_path / name / "best.ckpt", weights_only=True)["weights"]
        assert all(torch.equal(model[key], value) for key, value in best.items())
