"""The exported quantiser on training pairs, measured as on held-out ones: does it fit what it saw?"""

from __future__ import annotations

from dataclasses import replace

import pytorch_lightning as pl
import torch
from lightning_fabric.utilities import move_data_to_device

from lapa.distributed.ranks import broadcast_from_zero
from lapa.training.common.selection import Exported
from lapa.training.laq.loaders import LaqLoaders
from lapa.training.laq.module import LaqModule

HEADING = "train_eval/"


@torch.no_grad()
def with_train_eval(
    exported: Exported, trainer: pl.Trainer, module: LaqModule, loaders: LaqLoaders
) -> Exported:
    """Add the metrics under ``train_eval/``; nothing where `trainer.measure_train_samples` asks for none.

    Every process measures all pairs, so that the means are those of one. Collective.
    """
    if loaders.train_eval is None:
        return exported
    device = trainer.strategy.root_device
    module.to(device).eval()
    _share_weights(module)
    module.on_validation_epoch_start()
    with trainer.precision_plugin.val_step_context():
        for position, batch in enumerate(loaders.train_eval):
            module.validation_step(move_data_to_device(batch, device), position)
    metrics = {f"{HEADING}{name}": value for name, value in module.validated().items()}
    module.cpu()
    for logger in trainer.loggers:
        logger.log_metrics(metrics, exported.step)
    return replace(exported, metrics=exported.metrics | metrics)


def _share_weights(module: LaqModule) -> None:
    """Give every process the chosen weights, which only rank zero has put back."""
    for tensor in module.model.state_dict().values():
        tensor.copy_(broadcast_from_zero(tensor))
