"""What stage 1 asks for, against a real step of a small quantiser."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lapa.models.laq import LatentActionQuantizer
from lapa.params.labeling import LabelingParams
from lapa.params.laq.stage import LaqParams
from lapa.planning.laq import labeling_needs, laq_needs

PARAMS = LaqParams.model_validate(
    {
        "model": {"image_size": 32, "patch_size": 4, "dim": 32, "heads": 2, "head_dim": 16}
        | {"spatial_depth": 2, "temporal_depth": 2, "quant_dim": 4},
        "optimizer": {"warmup_steps": 1},
        "trainer": {"max_steps": 10, "batch_size": 4, "devices": 2, "nodes": 3},
    }
)


def flops(batch: int) -> int:
    torch.manual_seed(0)
    model = LatentActionQuantizer(PARAMS.model)
    with FlopCounterMode(display=False) as counter:
        model(torch.rand(batch, 3, 2, 32, 32)).reconstruction.mean().backward()
    return int(counter.get_total_flops())


def test_operations_are_those_of_a_real_step() -> None:
    assert laq_needs(PARAMS).flops == pytest.approx(flops(5) - flops(4))


def test_sizes_and_samples() -> None:
    needs = laq_needs(PARAMS)
    weights = sum(p.numel() for p in LatentActionQuantizer(PARAMS.model).parameters())
    assert needs.parameters == needs.trained == weights
    assert (needs.batch, needs.processes, needs.samples) == (24, 6, 240)
    assert needs.memory["weights"] == 4 * weights
    assert needs.memory["optimiser state"] == 8 * weights
    assert needs.tokens == 2 * 8 * 8


def test_activations_grow_with_the_batch_and_shrink_with_half_precision() -> None:
    def activations(**changes: object) -> int:
        trainer = PARAMS.trainer.model_copy(update=changes)
        return laq_needs(PARAMS.model_copy(update={"trainer": trainer})).memory["activations"]

    assert activations(batch_size=8) == 2 * activations(batch_size=4)
    assert activations(precision="bf16-mixed") < 0.8 * activations()


def test_labelling_sees_every_pair_once() -> None:
    laq = laq_needs(PARAMS)
    needs = labeling_needs(LabelingParams(batch_size=10, devices=2), laq, 1001)
    assert (needs.batch, needs.steps, needs.trained) == (20, 51, 0)
