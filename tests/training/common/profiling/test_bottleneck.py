"""The sentence of the page says what to turn first."""

from __future__ import annotations

import pytest
import torch

from lapa.params.base import TrainerParams
from lapa.training.common.profiling.bottleneck import bottleneck
from lapa.training.common.profiling.operators import Operator
from lapa.training.common.profiling.parts import Part

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)
PARAMS = TrainerParams(max_steps=1, batch_size=8, num_workers=2)
COMPUTING: dict[Part, float] = {"data": 0.1, "forward": 0.3, "backward": 0.5, "optimizer": 0.1}


def product(*, gpu_seconds: float = 0.0, share: float = 0.5) -> Operator:
    return Operator(
        name="aten::addmm", calls=10, cpu_seconds=0.2, gpu_seconds=gpu_seconds, share=share
    )


def test_waiting_for_data_comes_first() -> None:
    said = bottleneck({**COMPUTING, "data": 0.9}, [product()], PARAMS, device=CPU)
    assert "50% of a step is waiting for the batch" in said
    assert "trainer.num_workers (it is 2)" in said


def test_a_computing_training_names_part_and_operator() -> None:
    said = bottleneck(COMPUTING, [product()], PARAMS, device=CPU)
    assert "backward pass (50%)" in said
    assert "`aten::addmm` (50%)" in said
    assert "precision" not in said


def test_an_idle_gpu_is_named() -> None:
    said = bottleneck(COMPUTING, [product(gpu_seconds=0.1)], PARAMS, device=GPU)
    assert "computes for 20% of a step" in said
    assert "trainer.batch_size (it is 8)" in said


@pytest.mark.parametrize(("precision", "is_advised"), [("32-true", True), ("bf16-mixed", False)])
def test_half_precision_is_advised_on_a_busy_gpu(precision: str, is_advised: bool) -> None:
    params = PARAMS.model_copy(update={"precision": precision})
    said = bottleneck(COMPUTING, [product(gpu_seconds=0.45)], params, device=GPU)
    assert ("bf16-mixed" in said) is is_advised


def test_without_a_trace_the_part_is_all_there_is() -> None:
    assert bottleneck(COMPUTING, [], PARAMS, device=GPU).startswith("It computes: most of a step")
