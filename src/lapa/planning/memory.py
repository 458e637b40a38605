"""What a training keeps on a device where every process holds the whole model."""

from __future__ import annotations

from torch import nn

from lapa.models.foundation.initialization import count_parameters
from lapa.params.base import StageParams
from lapa.planning.dry_run import StepCost
from lapa.training.foundation.planning import count_trained, optimizer_numbers


def unsharded_memory(model: nn.Module, params: StageParams, cost: StepCost) -> dict[str, int]:
    """Bytes by what holds them.

    Args:
        model: on the meta device, of which it is known what trains.
        params: optimiser, batch of a process, precision.
        cost: of one sample.
    """
    numbers = count_parameters(model)
    is_half = params.trainer.precision == "bf16-mixed"
    return {
        "weights": (6 if is_half else 4) * numbers,  # autocast keeps a copy in 16 bit
        "gradients": 4 * count_trained(model),
        "optimiser state": 4 * optimizer_numbers(model, params.optimizer.kind),
        "activations": cost.activations * params.trainer.batch_size,
    }
