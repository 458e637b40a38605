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
from lapa.planning.needs import StageNeeds, planned_needs
from lapa.training.foundation.planning import Plan

INSTRUCTION = "put the red cube on the blue plate"
"""Stands for those of the data, whose words are not known yet."""


def foundation_needs(params: FoundationParams, plan: Plan | None) -> StageNeeds:
    """What the training of the backbone asks for.

    Args:
        params: of the stage.
        plan: of `plan_training`; None for a network that counts no tokens, which a dry run measures.
    """
    if plan is None:
        return _measured(params)
    size = input_size(params.backend)
    return planned_needs("foundation", plan, params, image_size=size)


def _measured(params: FoundationParams) -> StageNeeds:
    trainer, model = params.trainer, params.model()
    side = input_size(params.backend) or 1

    def loss(backbone: LatentPolicy, batch: int) -> Tensor:
        return backbone.loss(_made_up(batch, side, params.code_seq_len)).loss

    cost = step_cost(
        lambda: build_foundation(model, instructions=[INSTRUCTION]),
        loss,
        half=trainer.precision == "bf16-mixed",
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
        image_size=input_size(params.backend),
        memory=unsharded_memory(weightless, params, cost),
    )


def _made_up(batch: int, side: int, codes: int) -> LatentBatch:
    return {
        "frames": torch.zeros(batch, side, side, 3, dtype=torch.uint8),
        "instructions": [INSTRUCTION] * batch,
        "latent_codes": torch.zeros(batch, codes, dtype=torch.int64),
        "sample_id": torch.zeros(batch, dtype=torch.int64),
    }


def input_size(backend: BackendParams) -> int | None:
    """Side of the square images that a backbone sees, pixels; None where it takes any."""
    if isinstance(backend, DualEncoderParams):
        return backend.siglip.image_size
    size = getattr(backend, "image_size", None)
    return size if isinstance(size, int) else None
