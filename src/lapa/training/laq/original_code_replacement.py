"""The original project's replacement of unused codes, for its recipe (`codebook.replacement: original`)."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback

from lapa.distributed.ranks import broadcast_from_zero
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.original_replacement import is_due, replace_as_original
from lapa.training.common.seeding import generator_of


class OriginalCodeReplacement(Callback):
    """Counts the steps that used a code and, at the original's steps, overwrites rows hardly used.

    As there, one process counts for itself, divides by its own batch size, and the optimizer keeps its
    moments of rows that moved. Two things differ: rows move after the step of the optimizer instead of
    before it, and all processes take the rows of the first, where the original's drift apart.
    """

    def __init__(self, *, codebook_size: int, batch_size: int, seed: int) -> None:
        self._batch_size = batch_size
        self._seed = seed
        self._used = torch.zeros(codebook_size, dtype=torch.long)
        self.total_replaced = 0
        """Rows moved since the beginning of training."""

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: Any
    ) -> None:
        """Count; replace when due."""
        step = trainer.global_step - 1  # the original counts from 0
        codes = outputs["codes"].flatten()
        self._used = self._used.to(codes.device)
        self._used += torch.zeros_like(self._used).scatter_(0, codes, 1)
        if is_due(step):
            self._replace(pl_module, step)
            self._used.zero_()
            pl_module.log("train/replaced_codes", float(self.total_replaced))

    def _replace(self, pl_module: pl.LightningModule, step: int) -> None:
        model = pl_module.model
        assert isinstance(model, LatentActionQuantizer)  # noqa: S101 - this callback is for LAQ
        new, replaced = replace_as_original(
            model.quantizer.codebook_rows(),
            self._used,
            num_batches=self._batch_size,
            generator=generator_of("replacement", self._seed, step),
        )
        model.quantizer.set_codebook(broadcast_from_zero(new))
        self.total_replaced += int(replaced.sum())

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Store the counts of the process that writes, whose rows count."""
        checkpoint["original_code_replacement"] = (self._used.tolist(), self.total_replaced)

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Continue the window that was cut."""
        used, self.total_replaced = checkpoint["original_code_replacement"]
        self._used = torch.tensor(used)
