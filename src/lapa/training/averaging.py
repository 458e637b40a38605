"""Averaged weights that are also in place when there was nothing left to train."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EMAWeightAveraging


class AveragedWeights(EMAWeightAveraging):
    """Lightning's exponential moving average of the weights; validated and left in the model.

    Lightning copies the average when a training *loop* ends. A run that was killed between its
    last step and its export resumes without entering the loop, and would export the other weights.

    Buffers follow the trained model. Averaging them would move constants by rounding errors, which
    no file records, and average running averages a second time.

    Args:
        decay: share of the average that one step keeps.
        start_step: optimiser step at which averaging begins.
    """

    def __init__(self, *, decay: float, start_step: int = 0) -> None:
        super().__init__(use_buffers=False, decay=decay, update_starting_at_step=start_step)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Wait for `on_fit_end`, which always comes."""

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leave the average in the model."""
        super().on_train_end(trainer, pl_module)
