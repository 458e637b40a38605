"""Keep the best weights while Lightning trains, and put them into the model when it is done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback
from torch import nn

from lapa.distributed.ranks import is_rank_zero
from lapa.training.common.milestones import Milestones
from lapa.training.common.selection import Best, Criterion, Exported, export, learnt, put_back


class KeepBest(Callback):
    """After each validation: the weights, if they are the best so far.

    Stands before `AveragedWeights`, so that it finds the average, which was validated, in the model.

    Args:
        stage: name for the log.
        criterion: None keeps nothing, and the last step is exported.
        model: what will be exported.
        work: folder of the best so far.
        milestones: where the best model, to which `ResumePoint` adds the state, and the last are kept.
    """

    def __init__(
        self,
        *,
        stage: str,
        criterion: Criterion | None,
        model: nn.Module,
        work: Path,
        milestones: Milestones | None = None,
    ) -> None:
        self._stage, self._criterion, self._model, self._work = stage, criterion, model, work
        self._latest = Exported(step=-1, metrics={})
        best = Best.load(work) if criterion else None
        self._value = best.metrics[criterion.metric] if criterion and best else None
        self._step = best.step if best else None
        self._milestones = milestones

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare; save when better."""
        logged = trainer.callback_metrics.items()
        metrics = {name: float(value) for name, value in logged if name.startswith("val/")}
        step = trainer.global_step
        self._latest = Exported(step=step, metrics=metrics)
        if self._criterion is None:
            return
        value = metrics[self._criterion.metric]
        if self._criterion.prefers(value, self._value):
            self._value, self._step = value, step
            if is_rank_zero():
                Best(step=step, metrics=metrics, weights=learnt(self._model)).save(self._work)
        if (
            self._milestones and self._step == step
        ):  # also for a training that was killed before the milestone was whole
            self._milestones.begin_best(self._criterion.best(step, metrics))

    def finish(
        self, trainer: pl.Trainer, module: pl.LightningModule, val: Iterable[Any] | None
    ) -> Exported:
        """Validate the last step if that has not happened, and leave the chosen weights in the model.

        Collective; the weights and the answer of rank zero are those that count.
        """
        step = trainer.global_step
        if val is not None and self._latest.step != step:
            trainer.validate(module, val, verbose=False)
        last = self._latest if self._latest.step == step else Exported(step=step, metrics={})
        if self._milestones:
            self._milestones.finish_best(step)
            self._milestones.keep_last(last)
        if not is_rank_zero():
            return last
        best = Best.load(self._work) if self._criterion else None
        chosen, weights = export(self._stage, self._criterion, best, last)
        put_back(self._model, weights)
        return chosen
