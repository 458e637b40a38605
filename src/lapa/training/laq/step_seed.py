"""Every step of Lightning's loop draws from its own seed."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from lapa.distributed.ranks import rank
from lapa.training.common.seeding import seed_globally


class StepSeed(Callback):
    """Seeds the global generators before every training step, and alike before every validation.

    A loss that draws (flow matching) then differs between validations by the weights alone.
    """

    def __init__(self, *, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: object, batch_idx: int
    ) -> None:
        """Draw the generators of this step and rank."""
        seed_globally(self._seed, trainer.global_step, rank())

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw the same numbers in every validation."""
        seed_globally(self._seed, "validation", rank())
