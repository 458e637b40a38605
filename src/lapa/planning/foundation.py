"""What stage 2 asks for: transformers by their workload, other networks by a dry run."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.batches import LatentBatch
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.initialization import count_parameters
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.backend import BackendParams
from lapa.params.foundation.dual_encoder import DualEncoderParams
from lapa.params.foundation.stage import FoundationParams
from lapa.planning.dry_run import step_cost
from lapa.planning.memory import unsharded_memory
from lapa.planning.needs import StageNeeds
from lapa.training.foundation.planning import Plan

INSTRUCTION = "put the red cube on the blue plate"
"""Stands for those of the data, whose words are not known yet."""


def foundation_needs(params: FoundationParams, plan: Plan | None) -> StageNeeds:
    """What the training of the backbone asks for.

    Args:
        params: of the stage.
        plan: of `plan_training`; None for a network that counts no tokens, which a dry run measures.
    """
    return _measured(params) if plan is None else _planned(params, plan)


def _planned(params: FoundationParams, plan: Plan) -> StageNeeds:
    parts = ("weights", "gradients", "optimizer", "activations", "gathered")
    return StageNeeds(
        stage="foundation",
        parameters=plan.parameters,
        trained=plan.trained,
        devices=params.trainer.devices,
        nodes=params.trainer.nodes,
        batch=plan.effective_batch,
        steps=params.trainer.max_steps,
        tokens=plan.tokens_per_sample,
        flops=plan.flops_per_sample,
        image_size=_input_size(params.backend),
        memory={name: getattr(plan, name) for name in parts},
    )


def _measured(params: FoundationParams) -> StageNeeds:
    trainer, model = params.trainer, params.model()
    side = _input_size(params.backend) or 1

    def loss(backbone: LatentPolicy, batch: int) -> Tensor:
        return backbone.loss(_made_up(batch, side, params.code_seq_len)).loss

    cost = step_cost(
        lambda: build_foundation(model, instructions=[INSTRUCTION]),
        loss,
        half=trainer.precision != "32-true",
    )
    with torch.device("meta"):
        weightless = build_foundation(model, instructions=[INSTRUCTION])
    numbers = count_parameters(weightless)
    return StageNeeds(
        stage="foundation",
        parameters=numbers,
        trained=numbers,
        devices=trainer.devices,
        nodes=trainer.nodes,
        batch=trainer.batch_size * trainer.devices * trainer.nodes * params.accumulate,
        steps=trainer.max_steps,
        flops=cost.flops,
        image_size=_input_size(params.backend),
        memory=unsharded_memory(weightless, params, cost),
    )


def _made_up(batch: int, side: int, codes: int) -> LatentBatch:
    return {
        "frames": torch.zeros(batch, side, side, 3, dtype=torch.uint8),
        "instructions": [INSTRUCTION] * batch,
        "latent_codes": torch.zeros(batch, codes, dtype=torch.int64),
        "sample_id": torch.zeros(batch, dtype=torch.int64),
    }


def _input_size(backend: BackendParams) -> int | None:
    if isinstance(backend, DualEncoderParams):
        return backend.siglip.image_size
    size = getattr(backend, "image_size", None)
    return size if isinstance(size, int) else None
