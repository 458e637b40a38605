"""Averaged weights that are also in place when there was nothing left to train."""

from __future__ import annotations

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EMAWeightAveraging


class AveragedWeights(EMAWeightAveraging):
    """Lightning's exponential moving average of the weights; validated and left in the model.

    Lightning copies the average when a training *loop* ends. A run that was killed between its
    last step and its export resumes without entering the loop, and would export the other weights.

    Until ``start_step`` there is no average, only Lightning's copy of the weights before step 0;
    validation then sees the trained weights. Callbacks that stand before this one find the average
    in the model in their ``on_validation_end``.

    Buffers follow the trained model. Averaging them would move constants by rounding errors, which
    no file records, and average running averages a second time.

    Args:
        decay: share of the average that one step keeps.
        start_step: optimiser step at which averaging begins.
    """

    def __init__(self, *, decay: float, start_step: int = 0) -> None:
        super().__init__(use_buffers=False, decay=decay, update_starting_at_step=start_step)

    @property
    def _has_begun(self) -> bool:
        return self._average_model is not None and int(self._average_model.n_averaged) > 0

    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Put the average into the model."""
        if self._has_begun:
            super().on_validation_epoch_start(trainer, pl_module)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Wait for `on_validation_end`, so that pictures show what was measured."""

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Go on with the trained weights."""
        if self._has_begun:
            super().on_validation_epoch_end(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Wait for `on_fit_end`, which always comes."""

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leave the average in the model."""
        if self._has_begun:
            super().on_train_end(trainer, pl_module)
