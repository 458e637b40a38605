"""Exact resume under Lightning: atomic files, and a loader whose state is one integer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytorch_lightning as pl
from lightning_fabric.plugins.io.torch_io import TorchCheckpointIO
from pytorch_lightning.callbacks import Checkpoint

from lapa.distributed.ranks import is_rank_zero
from lapa.distributed.stop_signals import StopSignals
from lapa.training.common.checkpoints import prune, save_atomically, step_file

Batch = TypeVar("Batch")


class AtomicCheckpointIO(TorchCheckpointIO):
    """Lightning's checkpoint files, written by `save_atomically` and read without pickle."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None
    ) -> None:
        """Write one file."""
        save_atomically(checkpoint, Path(path))

    def load_checkpoint(
        self,
        path: str | Path,
        map_location: Any | None = lambda storage, _: storage,
        weights_only: bool | None = True,
    ) -> dict[str, Any]:
        """Read one file: tensors and plain values only."""
        return super().load_checkpoint(path, map_location=map_location, weights_only=True)


class ResumePoint(Checkpoint):
    """Saves the whole training state every ``every`` optimiser steps, keeping the last few.

    And once more when the training is asked to stop, which it then does. Where a validation is due at the same step, after it: Lightning does not repeat one that was cut
    short, and the weights that it would have found best would be lost.
    """

    def __init__(
        self, *, stage: str, folder: Path, every: int, validate_every: int, keep: int = 3
    ) -> None:
        self._stage = stage
        self._folder = folder
        self._every = every
        self._validate_every = validate_every
        self._keep = keep
        self._waits = False
        self._stopping = 0
        self._signals: StopSignals | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal waits for the end of a step; Lightning's own handler would lose the steps."""
        self._signals = StopSignals().__enter__()

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal acts at once."""
        self._give_back_signals()

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Likewise."""
        self._give_back_signals()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any
    ) -> None:
        """Save when due or asked to stop; collective, so every rank calls it."""
        self._stopping = self._signals.agreed() if self._signals else 0
        if trainer.global_step % self._every and not self._stopping:
            return
        validates = trainer.enable_validation and trainer.global_step % self._validate_every == 0
        if validates:
            self._waits = True
        else:
            # Lightning logs a step after this hook: killed in between, it would never be logged
            trainer._logger_connector.update_train_step_metrics()
            self._save(trainer)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save what waited."""
        if self._waits:
            self._waits = False
            self._save(trainer)

    def _save(self, trainer: pl.Trainer) -> None:
        trainer.save_checkpoint(step_file(self._folder, trainer.global_step))
        if is_rank_zero():
            prune(self._folder, keep=self._keep)
        if self._signals and self._stopping:
            self._signals.leave(self._stopping, stage=self._stage, step=trainer.global_step)

    def _give_back_signals(self) -> None:
        if self._signals:
            self._signals.__exit__()
            self._signals = None


class ResumableLoader(Generic[Batch]):
    """Training batches whose position Lightning saves and restores as one integer.

    To Lightning this is one epoch of ``total`` batches of which some may lie behind us. (With a
    loader that only knows the remaining ones, Lightning adds the restored count to the length
    of the rest and ends early.)
    """

    def __init__(self, build: Callable[[int], Iterable[Batch]], *, total: int) -> None:
        """Wrap ``build(start)``, which yields batches start, start + 1, ... of ``total``."""
        self._build = build
        self._total = total
        self._consumed = 0

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._build(self._consumed):
            self._consumed += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Batches handed out so far."""
        return {"batches": self._consumed}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue after that many batches."""
        self._consumed = state["batches"]
