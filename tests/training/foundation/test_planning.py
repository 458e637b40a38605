"""The arithmetic of a training, checked by hand."""

from __future__ import annotations

import pytest
import torch

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.workload import TEXT_TOKENS
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.fabric import LoraParams
from lapa.params.foundation.action_tokens import QwenSizes
from lapa.params.foundation.stage import FoundationParams
from lapa.training.common.optim import build_optimizer
from lapa.training.foundation.planning import plan_table, plan_training
from toys.backends import published, tiny_tokens
from toys.foundations import params


def test_published_recipe() -> None:
    plan = plan_training(published("dual_encoder_7b"))
    assert plan.effective_batch == 16 * 64 * 4 == 4096
    assert plan.tokens_per_sample == 256 + 32 + 4
    assert plan.parameters / 1e6 == pytest.approx(6607.3 + 412.4 + 303.2 + 25.7, rel=1e-3)
    assert plan.parameters - plan.trained == pytest.approx(715.7e6, rel=1e-3)  # both encoders
    assert plan.optimizer == pytest.approx(2 * plan.gradients)
    assert plan.weights == 4 * plan.parameters // 64
    assert plan.total < 40 * 2**30


def test_sharding_divides_and_recomputing_saves() -> None:
    recipe = published("dual_encoder_7b")
    whole = plan_training(recipe.model_copy(update={"shard": False}))
    assert whole.weights == 4 * whole.parameters
    kept = plan_training(recipe.model_copy(update={"activation_checkpointing": False}))
    assert kept.activations > 8 * plan_training(recipe).activations


def test_adapters_shrink_optimizer_state() -> None:
    recipe = published("dual_encoder_7b")
    lora = plan_training(recipe.model_copy(update={"lora": LoraParams(rank=16)}))
    # 32 layers x 4 projections x 16 x (4096 + 4096)
    adapters = 32 * 4 * 16 * 8192
    others = 25.7e6  # projector, queries and head
    assert lora.trained == pytest.approx(adapters + others, rel=0.01)


def test_adafactor_keeps_what_torch_keeps() -> None:
    recipe = params(
        backend=tiny_tokens(), optimizer=OptimizerParams(kind="adafactor", warmup_steps=0)
    )
    model = build_foundation(recipe.model(), instructions=["reach"])
    optimizer = build_optimizer(model, recipe.optimizer)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    states = [tensor for state in optimizer.state.values() for tensor in state.values()]
    kept = sum(4 * tensor.numel() for tensor in states if tensor.numel() > 1)
    assert plan_training(recipe).optimizer == pytest.approx(kept, rel=0.01)


def test_table_tells_the_speed_needed() -> None:
    table = plan_table(
        plan_training(published("dual_encoder_7b")), shards=640, samples=36_000, hours=1.0
    )
    assert "shards per process" in table
    assert "10.0" in table  # both 640 / 64 shards and 36000 / 3600 samples per second


def test_whole_on_every_gpu_is_what_fsdp_keeps_gathered() -> None:
    plan = plan_training(published("dual_encoder_7b"))
    layer = 4 * 4096**2 + 3 * 4096 * 11_008 + 2 * 4096
    outside = plan.parameters - 32 * layer  # frozen encoders, projector, word vectors, head
    outside_trained = plan.trained - 32 * layer
    assert plan.gathered == 2 * (outside + 2 * layer) + (2 + 4) * outside_trained


PUBLISHED_2B = 2_127_532_032
"""Weights of Qwen3-VL-2B as published: 1,720,574,976 of language, 406,957,056 of vision."""
WORDS, WIDTH, IMAGE_TOKENS = 151_936, 2048, 7 * 7


@pytest.fixture(scope="module")
def tokens_2b() -> FoundationParams:
    return FoundationParams(
        backend=published("action_tokens_2b").backend,
        freeze=("qwen.model.visual",),
        shard=True,
        activation_checkpointing=True,
        optimizer=OptimizerParams(warmup_steps=1),
        trainer=TrainerParams(max_steps=9, batch_size=16, devices=8, precision="bf16-mixed"),
    )


def test_action_tokens_have_the_published_weights(tokens_2b: FoundationParams) -> None:
    plan = plan_training(tokens_2b)
    # the output layer, published as one tensor with the embedding, gets weights of its own here
    assert plan.parameters == PUBLISHED_2B + WORDS * WIDTH == 2_438_696_960
    assert plan.parameters - plan.trained == 406_957_056
    assert plan.tokens_per_sample == IMAGE_TOKENS + 10 + 32 + (4 + 3)
    layers = 1_720_574_976 - WORDS * WIDTH - WIDTH
    outside = plan.parameters - layers
    gradients = (2 + 4) * (outside - 406_957_056)
    assert plan.gathered == 2 * (outside + 2 * layers // 28) + gradients
    computed = 4 * IMAGE_TOKENS * 4 * 406_957_056  # patches, frozen
    computed += plan.tokens_per_sample * 6 * layers + 7 * 6 * WORDS * WIDTH
    assert plan.flops_per_sample == computed


@pytest.mark.parametrize("merge_size", [1, 2])
def test_assumed_tokens_are_those_of_the_prompt(merge_size: int) -> None:
    backend = tiny_tokens(sizes=QwenSizes(merge_size=merge_size))
    config = params(backend=backend, code_seq_len=4)
    model = build_foundation(config.model(), instructions=["lift"])
    work = model.workload()
    images, words = torch.zeros(1, 32, 32, 3, dtype=torch.uint8), ["lift"]
    codes = torch.zeros(1, 4, dtype=torch.int64)
    ids = model.prompt.answered(images, words, codes)["input_ids"][0]
    text = len(model.prompt.processor.tokenizer("lift")["input_ids"])
    roles = len(model.prompt.processor.tokenizer("user\nassistant\n\n")["input_ids"])
    # published tokenizers have one token for each of both roles and three line ends
    assert len(ids) - text - roles + 5 == work.tokens - TEXT_TOKENS


def test_a_backend_without_tokens_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'film_cnn' counts no tokens, expected one with `workload`"
    ):
        plan_training(params())
