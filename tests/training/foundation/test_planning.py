"""The arithmetic of a training, checked by hand."""

from __future__ import annotations

import pytest

from lapa.cli.plan import published_recipe
from lapa.params.foundation import LoraParams
from lapa.training.foundation.planning import plan_table, plan_training
from training.foundation.made_up import params


def test_published_recipe() -> None:
    plan = plan_training(published_recipe())
    assert plan.effective_batch == 16 * 64 * 4 == 4096
    assert plan.tokens_per_sample == 256 + 32 + 4
    assert plan.parameters / 1e6 == pytest.approx(6607.3 + 412.4 + 303.2 + 25.7, rel=1e-3)
    assert plan.parameters - plan.trained == pytest.approx(715.7e6, rel=1e-3)  # both encoders
    assert plan.optimiser == pytest.approx(2 * plan.gradients)
    assert plan.weights == 4 * plan.parameters // 64
    assert plan.total < 40 * 2**30


def test_sharding_divides_and_recomputing_saves() -> None:
    recipe = published_recipe()
    whole = plan_training(recipe.model_copy(update={"shard": False}))
    assert whole.weights == 4 * whole.parameters
    kept = plan_training(recipe.model_copy(update={"activation_checkpointing": False}))
    assert kept.activations > 8 * plan_training(recipe).activations


def test_adapters_shrink_optimiser_state() -> None:
    recipe = published_recipe()
    lora = plan_training(recipe.model_copy(update={"lora": LoraParams(rank=16)}))
    # 32 layers x 4 projections x 16 x (4096 + 4096)
    adapters = 32 * 4 * 16 * 8192
    others = 25.7e6  # projector, queries and head
    assert lora.trained == pytest.approx(adapters + others, rel=0.01)


def test_table_tells_the_speed_needed() -> None:
    table = plan_table(plan_training(published_recipe()), shards=640, samples=36_000, hours=1.0)
    assert "shards per process" in table
    assert "10.0" in table  # both 640 / 64 shards and 36000 / 3600 samples per second


def test_a_backend_without_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match="'film_cnn', expected 'dual_encoder'"):
        plan_training(params())
