"""What stage 1 asks for, and the labelling with its quantiser."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.models.foundation.initialization import count_parameters
from lapa.models.laq import LatentActionQuantizer
from lapa.params.labeling import LabelingParams
from lapa.params.laq.stage import LaqParams
from lapa.planning.dry_run import step_cost
from lapa.planning.memory import unsharded_memory
from lapa.planning.needs import StageNeeds

FORWARD_SHARE = 1 / 3
"""Of a training step; labelling draws no picture, so even that is more than it needs."""


def laq_needs(params: LaqParams) -> StageNeeds:
    """Count weights, optimiser state, activations and operations of the training of the quantiser.

    Other targets than pixels, which need networks of their own, are not counted.
    """
    model, trainer = params.model, params.trainer
    half = trainer.precision == "bf16-mixed"
    cost = step_cost(lambda: LatentActionQuantizer(model), _pixel_loss, half=half)
    with torch.device("meta"):
        weightless = LatentActionQuantizer(model)
    numbers = count_parameters(weightless)
    return StageNeeds(
        stage="laq",
        parameters=numbers,
        trained=numbers,
        devices=trainer.devices,
        nodes=trainer.nodes,
        batch=trainer.batch_size * trainer.devices * trainer.nodes,
        steps=trainer.max_steps,
        tokens=2 * model.grid_size**2,
        flops=cost.flops,
        image_size=model.image_size,
        memory=unsharded_memory(weightless, params, cost),
    )


def labeling_needs(params: LabelingParams, laq: StageNeeds, pairs: int) -> StageNeeds:
    """Every pair once through the encoder of the quantiser.

    Args:
        params: processes and batch.
        laq: the quantiser's own training.
        pairs: of all splits that are known.
    """
    batch = params.batch_size * params.devices * params.nodes
    return StageNeeds(
        stage="labeling",
        parameters=laq.parameters,
        trained=0,
        devices=params.devices,
        nodes=params.nodes,
        batch=batch,
        steps=-(-pairs // batch),
        tokens=laq.tokens,
        flops=None if laq.flops is None else laq.flops * FORWARD_SHARE,
        image_size=laq.image_size,
        memory={"weights": laq.memory["weights"]},
    )


def _pixel_loss(model: LatentActionQuantizer, batch: int) -> Tensor:
    side = model.config.image_size
    frames = torch.zeros(batch, 3, 2, side, side)
    drawn: Tensor = model(frames).reconstruction
    return (drawn - frames[:, :, 1]).square().mean()
