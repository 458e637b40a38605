"""Where the time goes: samples per second, share spent waiting for data, gradient norm, memory."""

from __future__ import annotations

import time
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer


class Throughput(Callback):
    """Logs at every ``every``-th step; validation and checkpoints do not count as waiting."""

    def __init__(self, *, every: int, batch_size: int) -> None:
        self._every = every
        self._batch_size = batch_size
        self._waited = self._worked = 0.0
        self._mark = time.perf_counter()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._mark = time.perf_counter()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """The batch arrived: what passed since the last step was waiting."""
        self._waited += self._lap()

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """The step ended; log when due."""
        self._worked += self._lap()
        if trainer.global_step % self._every == 0:
            pl_module.log_dict(self._figures(trainer))
            self._waited = self._worked = 0.0

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Validation is neither waiting nor training."""
        self._lap()

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: Optimizer
    ) -> None:
        """Log the norm before clipping, and the learning rate of the step."""
        if (trainer.global_step + 1) % self._every == 0:
            gradients = [p.grad for p in pl_module.parameters() if p.grad is not None]
            pl_module.log("train/grad_norm", get_total_norm(gradients))
            pl_module.log("train/learning_rate", float(optimizer.param_groups[0]["lr"]))

    def _lap(self) -> float:
        now = time.perf_counter()
        elapsed, self._mark = now - self._mark, now
        return elapsed

    def _figures(self, trainer: pl.Trainer) -> dict[str, float]:
        total = self._waited + self._worked
        samples = self._every * self._batch_size * trainer.world_size
        figures = {
            "train/samples_per_second": samples / total,
            "train/data_wait_fraction": self._waited / total,
        }
        if torch.cuda.is_available():
            figures["train/gpu_memory_gib"] = torch.cuda.max_memory_allocated() / 2**30
        return figures
