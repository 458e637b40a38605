"""`precision: auto` measures once, decides by the figures and keeps to what was decided."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import torch

from lapa.params.base import StageParams
from lapa.records import Checkpoint
from lapa.training.common import precision
from lapa.training.common.precision import EXACT, HALF, choose, with_precision
from lapa.training.common.precision_kept import DECIDED
from lapa.training.common.precision_trial import Trial, step_seconds
from lapa.training.common.stage_work import StageWork
from toys.small_stages import STAGES, SmallStages

CPU = torch.device("cpu")
AUTO = StageParams.model_validate(
    {
        "optimizer": {"warmup_steps": 0},
        "trainer": {"max_steps": 2, "batch_size": 4, "precision": "auto"},
    }
)


def trial() -> Trial:
    model = torch.nn.Linear(8, 8)
    return Trial(model, lambda: model(torch.ones(4, 8)).square().mean())


def unneeded() -> Trial:
    raise AssertionError("nothing is to be measured")


@pytest.mark.parametrize(
    ("half", "chosen"), [(0.4, HALF), (0.94, HALF), (0.96, EXACT), (1.0, EXACT), (3.0, EXACT)]
)
def test_bfloat16_must_save_a_twentieth_of_a_step(half: float, chosen: str) -> None:
    assert choose({EXACT: 1.0, HALF: half}) == chosen


def measured(monkeypatch: pytest.MonkeyPatch, work: Path, *, half: float) -> str:
    seconds = {EXACT: 1.0, HALF: half}
    monkeypatch.setattr(precision, "step_seconds", lambda *_: seconds)
    own = StageWork(stage="laq", folder=work)
    return with_precision(AUTO, own, CPU, unneeded).trainer.precision


def test_a_training_that_goes_on_does_not_decide_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measured(monkeypatch, tmp_path / "run/arm", half=0.5) == HALF
    (tmp_path / "run/precision-laq.json").unlink()
    assert measured(monkeypatch, tmp_path / "run/arm", half=2.0) == HALF


def test_arms_of_a_run_are_trained_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(monkeypatch, tmp_path / "run/arm", half=0.5) == HALF
    assert measured(monkeypatch, tmp_path / "run/control", half=2.0) == HALF
    assert measured(monkeypatch, tmp_path / "another/arm", half=2.0) == EXACT


def test_decision_and_figures_are_logged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    work = tmp_path / "run/arm"
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            measured(monkeypatch, work, half=0.5)
    said = "laq: precision is bf16-mixed: a step takes 1 s in 32-true, 0.5 s in bf16-mixed of the processor"
    assert [record.getMessage() for record in caplog.records] == [said, said]
    (line,) = map(json.loads, (work / "metrics.jsonl").read_text().splitlines())
    seconds = {"precision/seconds/32-true": 1.0, "precision/seconds/bf16-mixed": 0.5}
    assert line == {"step": 0, **seconds}


def test_a_gpu_that_has_bfloat16_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for able, chosen in ((True, HALF), (False, EXACT)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda able=able, **_: able)
        own = StageWork(stage="policy", folder=tmp_path / f"{able}/work")
        params = with_precision(AUTO, own, torch.device("cuda"), unneeded)
        assert params.trainer.precision == chosen


def test_a_precision_that_is_given_is_taken(tmp_path: Path) -> None:
    given = AUTO.model_copy(update={"trainer": AUTO.trainer.model_copy(update={"precision": HALF})})
    assert with_precision(given, StageWork(stage="laq", folder=tmp_path), CPU, unneeded) is given
    assert not (tmp_path / DECIDED).exists()


def test_measuring_leaves_random_numbers_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.training.common.precision_trial.ENOUGH", 0.0)
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    seconds = step_seconds(trial, (EXACT, HALF), CPU)
    assert torch.equal(torch.rand(2), expected)
    assert list(seconds) == [EXACT, HALF]
    assert min(seconds.values()) > 0


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> SmallStages:
    return SmallStages.make(tmp_path_factory.mktemp("stages"))


@pytest.mark.parametrize("stage", STAGES)
def test_the_weights_are_those_of_the_precision_that_was_taken(
    stage: str, stages: SmallStages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapa.training.common.precision_trial.ENOUGH", 0.0)
    levels = {"milestones": str(tmp_path / "kept")}
    auto = {"precision": "auto", "checkpoints": levels}
    chosen = stages.fit(stage, tmp_path / "auto/work", max_steps=8, **auto)
    assert chosen.precision in (EXACT, HALF)
    kept = [Checkpoint.read(file.parent) for file in (tmp_path / "kept").rglob("record.json")]
    assert {record.precision for record in kept} == {chosen.precision}
    given = stages.fit(stage, tmp_path / "given/work", precision=chosen.precision, max_steps=8)
    assert given.digest == chosen.digest
    assert given.precision == ""
