"""The model of stage 2: at step 0, as it trains, and as it is saved."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from lightning_fabric import Fabric
from torch import Tensor

from lapa.data.shards.clip_table import load_clip_table
from lapa.distributed.ranks import is_rank_zero
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.initialization import initialization_table, origins_of
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.stage import FoundationParams
from lapa.records import ShardSet
from lapa.training.common.adapt import adapt, merge_lora
from lapa.training.common.meta_build.recipe import keep_recipe
from lapa.training.common.meta_build.recorder import without_data
from lapa.training.common.seeding import seed_globally
from lapa.training.common.stage_work import StageWork
from lapa.training.common.train_state import TrainState, begin

logger = logging.getLogger(__name__)


def fresh_model(shards: ShardSet, params: FoundationParams) -> LatentPolicy:
    """The model at step 0: a function of the seed and the training instructions."""
    instructions = load_clip_table(shards, "train").texts["instruction"].values
    seed_globally(params.trainer.seed, "foundation weights")
    return build_foundation(params.model(), instructions=instructions)


def trainable_state(
    fabric: Fabric, shards: ShardSet, params: FoundationParams, work: StageWork
) -> TrainState[LatentPolicy]:
    """Model, optimiser and schedule where training goes on; collective."""
    model = _without_data(shards, params) if params.shard else _whole(shards, params)
    _tell_origins(model, work.folder)
    return begin(fabric, model, params, work)


def _whole(shards: ShardSet, params: FoundationParams) -> LatentPolicy:
    model = fresh_model(shards, params)
    adapt(model, params)
    return model


def _without_data(shards: ShardSet, params: FoundationParams) -> LatentPolicy:
    """The same, whose random weights are drawn when it is sharded: each process keeps its own part."""
    with without_data() as recipe:
        model = _whole(shards, params)
    keep_recipe(model, recipe)
    return model


def _tell_origins(model: LatentPolicy, work: Path) -> None:
    """Which weights are published, which are random: in the log and in the work folder."""
    table = initialization_table(origins_of(model, model.origins))
    if is_rank_zero():
        logger.info("Initial weights:\n%s", table)
        work.mkdir(parents=True, exist_ok=True)
        (work / "initialization.txt").write_text(table + "\n")


def trained_model(
    shards: ShardSet, params: FoundationParams, weights: Mapping[str, Tensor]
) -> LatentPolicy:
    """An ordinary model with these weights: whole on one process, adapters folded in."""
    model = _without_data(shards, params) if params.shard else _whole(shards, params)
    # what was built without data takes these tensors for its own, so they are there once
    model.load_state_dict(weights, assign=params.shard)
    if params.lora:
        merge_lora(model)
    return model
