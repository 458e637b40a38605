"""What a task is given and what it returns survive the way through JSON, or are refused by name."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from lapa.distributed.by_annotation import (
    arguments_from_json,
    arguments_to_json,
    result_from_json,
    result_to_json,
)
from lapa.params.finetune import FinetuneParams
from lapa.records import Checkpoint, PairSpec
from lapa.training.common.joined_run import JoinedRun


def task(
    *,
    params: FinetuneParams,
    work: Path,
    laq: Checkpoint | None = None,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Arguments of every sort that the trainers have."""
    raise NotImplementedError


CHECKPOINT = Checkpoint(
    path="here",
    kind="laq",
    step=3,
    digest="abc",
    inputs={"shards": "def"},
    pair_spec=PairSpec(horizon_s=0.1),
    metrics={"val/loss": 0.1 + 0.2},
    code_version="test",
    notes=("one", "two"),
)
PARAMS = FinetuneParams.model_validate(
    {
        "head": {"kind": "flow", "hidden_dim": 8},
        "optimizer": {"warmup_steps": 1},
        "trainer": {"max_steps": 5, "batch_size": 2},
    }
)


def through_json(values: Any) -> Any:
    return json.loads(json.dumps(values))


@pytest.mark.parametrize("laq", [CHECKPOINT, None])
def test_arguments_arrive_equal(laq: Checkpoint | None) -> None:
    run = JoinedRun(run_id="a", tracking_uri="sqlite:///x", prefix="laq")
    given = {"params": PARAMS, "work": Path("some/folder"), "laq": laq, "run": run}
    arrived = arguments_from_json(task, through_json(arguments_to_json(task, given)))
    assert arrived == given


def test_what_was_not_given_is_left_to_the_default() -> None:
    assert arguments_from_json(task, arguments_to_json(task, {"work": Path("x")})).keys() == {
        "work"
    }


def test_results_come_back_equal() -> None:
    result = through_json(result_to_json(task, CHECKPOINT))
    assert result_from_json(task, result) == CHECKPOINT


def test_a_metric_that_is_no_number_stays_one() -> None:
    diverged = CHECKPOINT.model_copy(update={"metrics": {"val/loss": math.nan}})
    came_back = result_from_json(task, through_json(result_to_json(task, diverged)))
    assert math.isnan(came_back.metrics["val/loss"])


def test_an_argument_that_the_task_does_not_take_is_named() -> None:
    with pytest.raises(TypeError, match=r"test_by_annotation:task has no annotation of 'steps'"):
        arguments_to_json(task, {"steps": 3})


def untold(model: nn.Module) -> None:
    """Takes what no JSON can hold."""


def test_a_type_that_cannot_travel_is_named() -> None:
    with pytest.raises(TypeError, match=r"annotates 'model' as .*Module.*expected a record"):
        arguments_to_json(untold, {"model": nn.Linear(1, 1)})
