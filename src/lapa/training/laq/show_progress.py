"""Lightning's trainings tell how far they are through `Progress`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from lapa.distributed.ranks import is_rank_zero
from lapa.training.common.progress import Progress


class ShowProgress(Callback):
    """A bar or a line a minute while ``fit`` runs; nothing in validations outside it.

    Args:
        stage: its name.
        formats: as `Progress` takes them; logged metrics by name.
    """

    def __init__(self, *, stage: str, formats: Mapping[str, str]) -> None:
        self._stage, self._formats = stage, formats
        self._progress: Progress | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin, at the step where training goes on."""
        self._progress = Progress(
            self._stage,
            total=trainer.max_steps,
            done=trainer.global_step,
            formats=self._formats,
            shown=is_rank_zero(),
        ).__enter__()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: Any
    ) -> None:
        """One step more."""
        if self._progress:
            step, loss = trainer.global_step, outputs["loss"]
            self._progress.advance(step, loss, lambda: trainer.callback_metrics)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take the bar away."""
        self._end()

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Leave the terminal as it was."""
        self._end()

    def _end(self) -> None:
        if self._progress:
            self._progress.__exit__(None, None, None)
            self._progress = None
