"""Values that would train wrongly, or not at all, are refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.labeling import LabelingParams


@pytest.mark.parametrize("precision", ["16-mixed", "bf16", "bf16-true", "64-true"])
def test_precisions_that_no_loop_handles_are_refused(precision: str) -> None:
    with pytest.raises(ValidationError, match="Input should be '32-true' or 'bf16-mixed'"):
        TrainerParams.model_validate({"max_steps": 1, "batch_size": 1, "precision": precision})


@pytest.mark.parametrize("params", [TrainerParams, LabelingParams])
def test_a_mistyped_accelerator_is_refused(params: type[TrainerParams | LabelingParams]) -> None:
    sizes = {"max_steps": 1, "batch_size": 1} if params is TrainerParams else {}
    with pytest.raises(ValidationError, match="Input should be 'auto', 'cpu', 'gpu' or 'cuda'"):
        params.model_validate({**sizes, "accelerator": "gpuu"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.0),
        ("final_learning_rate", -1e-6),
        ("warmup_steps", -1),
        ("weight_decay", -0.1),
        ("clip_norm", -1.0),
    ],
)
def test_optimizer_values_outside_their_range_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        OptimizerParams.model_validate({name: value})
