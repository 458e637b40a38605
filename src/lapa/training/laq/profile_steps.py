"""Lightning's steps, told to the profiler part by part."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from lapa.params.base import TrainerParams
from lapa.training.common.profiling.step_profiler import StepProfiler
from lapa.training.common.stage_work import StageWork
from lapa.training.laq.resume_point import seconds_waited


class ProfileSteps(Callback):
    """Goes before all other callbacks: what they do at the end of a step is no part of it."""

    def __init__(self, work: StageWork, params: TrainerParams) -> None:
        self._work, self._params = work, params
        self._profiler: StepProfiler | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on the device is known."""
        self._profiler = StepProfiler(
            self._work.stage, self._work.folder, self._params, device=pl_module.device
        )

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any
    ) -> None:
        """The batch is there."""
        if self._profiler:
            self._profiler.begin(waited=seconds_waited(trainer) or 0.0)

    def on_before_backward(self, *_: Any) -> None:
        """The loss is there."""
        if self._profiler:
            self._profiler.passed("forward")

    def on_after_backward(self, *_: Any) -> None:
        """The gradients are there."""
        if self._profiler:
            self._profiler.passed("backward")

    def on_train_batch_end(self, *_: Any) -> None:
        """The weights have changed."""
        if self._profiler:
            self._profiler.passed("optimizer")
            self._profiler.end()

    def on_train_end(self, *_: Any) -> None:
        """A training that was shorter than the profile has one of the steps there were."""
        if self._profiler:
            self._profiler.finish()
