"""What stage 3 asks for: exact where it can be counted by hand, and against a real small policy."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.models.foundation.build import build_foundation
from lapa.params.finetune import FinetuneParams
from lapa.planning.assumed_policy import ACTION_DIM, assumed_policy
from lapa.planning.data_size import DataSize
from lapa.planning.finetune import finetune_needs, labeled_part
from lapa.planning.foundation import INSTRUCTION
from lapa.planning.needs import StageNeeds
from lapa.training.foundation.planning import plan_training
from toys.backends import published
from toys.foundations import params as small_backbone

LABELED = DataSize(name="arm", origin="published", episodes=100, frames=4000, fps=5)
LARGE = published("dual_encoder_7b")
LANGUAGE = 6_607_343_616
"""Llama-2-7B without its output layer."""
HEAD = 4096 * 256 + 256 + (256 + 1) * ACTION_DIM * 256
"""Two layers: features to 256, to 256 bins of every dimension."""
TRAINER = {"max_steps": 1000, "batch_size": 16, "precision": "bf16-mixed"}


def recipe(**changes: Any) -> FinetuneParams:
    chosen = {
        "head": {"kind": "binned"},
        "action_query": "new",
        "train": ["language", "action_query", "head"],
        "activation_checkpointing": True,
        "trainer": TRAINER,
    }
    return FinetuneParams.model_validate(chosen | changes)


def large(labeled: DataSize | None = LABELED, **changes: Any) -> StageNeeds:
    return finetune_needs(recipe(**changes), LARGE, labeled)


def test_one_query_and_the_language_model_train_on_shards() -> None:
    needs = large(shard=True, accumulate=2, trainer=TRAINER | {"devices": 4})
    assert needs.trained == LANGUAGE + 4096 + HEAD
    assert needs.parameters == plan_training(LARGE).parameters + 4096 + HEAD
    assert needs.batch == 16 * 4 * 2
    assert needs.samples == 128_000
    assert needs.memory["weights"] == 4 * needs.parameters // 4
    assert needs.memory["gradients"] == 4 * needs.trained // 4
    assert needs.memory["optimiser state"] == 8 * needs.trained // 4
    assert needs.memory["gathered"] > 0


def test_adapters_train_on_one_device() -> None:
    needs = large(
        train=["action_query", "head"],
        lora={"rank": 32, "alpha": 32, "target_modules": ["q_proj", "v_proj"]},
    )
    assert needs.trained == 32 * 2 * 32 * (4096 + 4096) + 4096 + HEAD
    assert needs.memory["weights"] == 4 * needs.parameters
    assert needs.memory["gathered"] == 0
    assert needs.flops is not None
    whole = large().flops
    assert whole is not None
    assert 0.6 * whole < needs.flops < 0.75 * whole


def test_recomputed_layers_keep_less() -> None:
    kept = large(activation_checkpointing=False).memory["activations"]
    assert kept > 8 * large().memory["activations"]


def test_a_head_alone_sees_every_frame_once() -> None:
    needs = large(action_query="pretrained", train="head")
    assert needs.trained == HEAD
    assert needs.memory["activations"] == 0
    assert needs.flops is not None
    forward = 2.0 * (needs.parameters - HEAD) * 292 * LABELED.frames
    assert needs.flops * needs.samples == pytest.approx(forward, rel=1e-3)
    unknown = large(None, action_query="pretrained", train="head").flops
    assert unknown == pytest.approx(needs.flops * needs.samples / LABELED.frames)


@pytest.mark.parametrize("train", ["head", "neck", "all"])
def test_a_small_policy_is_counted_by_a_dry_run(train: str) -> None:
    small = small_backbone()
    chosen = recipe(
        train=train, action_query="pretrained", activation_checkpointing=False, use_state=True
    )
    needs = finetune_needs(chosen, small, LABELED)
    backbone = build_foundation(small.model(), instructions=[INSTRUCTION])
    policy = assumed_policy(chosen, small, backbone)
    trained = sum(p.numel() for p in policy.parameters() if p.requires_grad)
    assert needs.trained == trained
    assert needs.memory["gradients"] == 4 * trained
    assert needs.memory["optimiser state"] == 8 * trained
    assert needs.flops is not None
    assert needs.flops > 0


def test_labeled_part_is_no_more_than_there_is() -> None:
    assert labeled_part(recipe(labeled_episodes=25), LABELED).frames == 1000
    assert labeled_part(recipe(labeled_episodes=500), LABELED).episodes == 100
    assert labeled_part(recipe(labeled_fraction=0.1), LABELED).episodes == 10
