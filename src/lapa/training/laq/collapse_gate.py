"""Stop loudly when the codebook collapses, instead of training on dead codes for days."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from lapa.distributed.ranks import rank
from lapa.metrics.code_usage import utilization
from lapa.params.laq.stage import CollapseGateParams
from lapa.training.laq.code_counts import CodeCounts


class CodebookCollapseError(RuntimeError):
    """Too few codes were in use for too long."""


class CollapseGate(Callback):
    """Counts the codes of training steps and raises when their use stays below the minimum."""

    def __init__(self, *, params: CollapseGateParams, codebook_size: int) -> None:
        self._params = params
        self._counts = CodeCounts(codebook_size)
        self._low_steps = 0

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: Any
    ) -> None:
        """Count, and judge at the end of each window."""
        self._counts.add(outputs["codes"])
        if trainer.global_step % self._params.window == 0:
            self._judge(self._counts.total(), trainer.global_step)
            self._counts.clear()

    def _judge(self, counts: Tensor, step: int) -> None:
        used = utilization(counts.cpu().numpy())
        low = used < self._params.min_utilization
        self._low_steps = self._low_steps + self._params.window if low else 0
        if self._low_steps >= self._params.patience:
            raise CodebookCollapseError(
                f"codebook utilisation is {used:.2f} at step {step} and has been below "
                f"{self._params.min_utilization} for {self._low_steps} steps (counts "
                f"{counts.tolist()}); set `model.codebook_init: data`, replace unused codes more "
                f"often (`codebook.replace_every`) or lower `collapse_gate.min_utilization`"
            )

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Store the counts of all processes."""
        checkpoint["collapse_gate"] = {"counts": self._counts.state(), "low": self._low_steps}

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Continue the window that was cut."""
        state = checkpoint["collapse_gate"]
        self._counts.restore(state["counts"], rank=rank())
        self._low_steps = state["low"]
