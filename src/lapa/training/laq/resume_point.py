"""Exact resume under Lightning: states on the three levels, and a loader whose state is one integer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytorch_lightning as pl
from lightning_fabric.plugins.io.torch_io import TorchCheckpointIO
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.trainer.states import TrainerFn

from lapa.distributed.ranks import is_rank_zero
from lapa.distributed.stop_signals import StopSignals
from lapa.training.common.checkpoints import save_atomically
from lapa.training.common.level import Level
from lapa.training.common.levels import Levels
from lapa.training.common.milestones import Milestones

Batch = TypeVar("Batch")


class WeightsOnlyIO(TorchCheckpointIO):
    """Lightning's states, read without unpickling objects."""

    def load_checkpoint(
        self,
        path: str | Path,
        map_location: Any | None = lambda storage, _: storage,
        weights_only: bool | None = True,
    ) -> dict[str, Any]:
        """Read one file: tensors and plain values only."""
        return super().load_checkpoint(path, map_location=map_location, weights_only=True)


class ResumePoint(Checkpoint):
    """Saves the whole training state whenever it is due on a level, and when asked to stop, which it then does.

    Where a validation is due at the same step, after it: Lightning does not repeat one that was cut
    short, and the weights that it would have found best would be lost.
    """

    def __init__(
        self, *, levels: Levels, milestones: Milestones | None, validate_every: int
    ) -> None:
        self._levels = levels
        self._milestones = milestones
        self._validate_every = validate_every
        self._waits: Level | None = None
        self._stopping = 0
        self._signals: StopSignals | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal waits for the end of a step; Lightning's own handler would lose the steps."""
        self._signals = StopSignals().__enter__()

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal acts at once, and nothing is left that a fast state would save."""
        self._give_back_signals()
        self._levels.discard_fast()

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
        step = trainer.global_step
        due = self._levels.due(step, must=bool(self._stopping) or step == trainer.max_steps)
        if trainer.enable_validation and step % self._validate_every == 0:
            self._waits = due
        elif due:
            # Lightning logs a step after this hook: killed in between, it would never be logged
            trainer._logger_connector.update_train_step_metrics()
            self._save(trainer, due)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save what waited, and where the best so far was found, that."""
        if trainer.state.fn != TrainerFn.FITTING:
            return  # a validation by itself, when all is trained
        if self._milestones:
            self._milestones.finish_best(trainer.global_step, partial(_write_state, trainer))
        due, self._waits = self._waits, None
        if due:
            self._save(trainer, due)

    def _save(self, trainer: pl.Trainer, due: Level) -> None:
        step = trainer.global_step
        self._levels.save(due, step, _state_of(trainer))
        if self._signals and self._stopping:
            self._signals.leave(self._stopping, stage=self._levels.stage, step=step)

    def _give_back_signals(self) -> None:
        if self._signals:
            self._signals.__exit__()
            self._signals = None


def _state_of(trainer: pl.Trainer) -> dict[str, Any]:
    """What Lightning would save."""
    return trainer._checkpoint_connector.dump_checkpoint(weights_only=False)


def _write_state(trainer: pl.Trainer, path: Path) -> None:
    if is_rank_zero():
        save_atomically(_state_of(trainer), path)


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
        self.seconds_waited = 0.0
        """How long the latest batch was waited for."""

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[Batch]:
        batches = iter(self._build(self._consumed))
        while True:
            began = time.perf_counter()
            try:
                batch = next(batches)
            except StopIteration:
                return
            self.seconds_waited = time.perf_counter() - began
            self._consumed += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Batches handed out so far."""
        return {"batches": self._consumed}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue after that many batches."""
        self._consumed = state["batches"]


def seconds_waited(trainer: pl.Trainer) -> float | None:
    """How long the batch of this step was waited for; None where the loader does not know."""
    loader = trainer.train_dataloader
    return loader.seconds_waited if isinstance(loader, ResumableLoader) else None
