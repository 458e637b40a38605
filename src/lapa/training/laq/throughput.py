"""Lightning's trainings log their speed, the gradient norm and the learning rate."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from lapa.distributed.ranks import world_size
from lapa.training.common.monitoring import monitored
from lapa.training.common.step_clock import StepClock
from lapa.training.laq.resume_point import seconds_waited


class Throughput(Callback):
    """Logs at every ``every``-th step; validation and checkpoints do not count as waiting.

    Args:
        every: optimiser steps.
        batch_size: samples per process and step.
    """

    def __init__(self, *, every: int, batch_size: int) -> None:
        self._every = every
        self._batch_size = batch_size
        self._clock = StepClock()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._clock.skipped()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any
    ) -> None:
        """The batch arrived; what else passed since the last step (pictures, a checkpoint) was no waiting."""
        self._clock.waited(seconds_waited(trainer))

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any
    ) -> None:
        """The step ended; log when due."""
        self._clock.worked(samples=self._batch_size * world_size())
        if trainer.global_step % self._every == 0:
            pl_module.log_dict(monitored(self._clock))

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Validation is neither waiting nor training."""
        self._clock.skipped()

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: Optimizer
    ) -> None:
        """Log the norm before clipping, and the learning rate of the step."""
        if (trainer.global_step + 1) % self._every == 0:
            gradients = [p.grad for p in pl_module.parameters() if p.grad is not None]
            pl_module.log("train/grad_norm", get_total_norm(gradients))
            pl_module.log("train/learning_rate", float(optimizer.param_groups[0]["lr"]))
