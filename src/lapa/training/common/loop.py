"""The optimisation loop: accumulate without needless synchronisation, clip, step, log, save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.distributed.tensor import DTensor

from lapa.distributed.ranks import is_rank_zero, rank, sum_over_processes, world_size
from lapa.distributed.stop_signals import StopSignals
from lapa.params.fabric import FabricStageParams
from lapa.training.common.augment_images import augment_images
from lapa.training.common.finite_losses import FiniteLosses
from lapa.training.common.level import Level
from lapa.training.common.levels import Levels
from lapa.training.common.monitoring import monitored
from lapa.training.common.profiling.step_profiler import StepProfiler
from lapa.training.common.progress import Progress
from lapa.training.common.seeding import seed_globally
from lapa.training.common.stage_work import StageWork
from lapa.training.common.step_clock import StepClock
from lapa.training.common.train_state import TrainState, levels_of, save

Metrics = dict[str, float]


def loss_alone(output: Any, batch: Any) -> dict[str, Tensor]:
    """The one loss of a module that has no other."""
    return {"loss": output.loss}


@dataclass(kw_only=True)
class Loop:
    """Trains a `TrainState` to ``params.trainer.max_steps``; every rank runs one."""

    work: StageWork
    """The stage, and its folder that holds durable states."""
    shown: Mapping[str, str]
    """Metrics of the progress: name -> how to say it."""
    fabric: Fabric
    params: FabricStageParams
    state: TrainState[Any]
    log: Callable[[Metrics, int], None]
    validate: Callable[[], Metrics] | None
    """Measures the present weights; None where no data is held out."""
    validated: Callable[[], None]
    """What follows when a validation is logged."""
    prepare: Callable[[Any], Any]
    """Turns what the loader yields into a batch on the device."""
    losses: Callable[[Any, Any], Mapping[str, Tensor]] = loss_alone
    """From what the module returned and the batch to ``loss``, which trains, and others to be logged."""
    _measured: Metrics = field(default_factory=dict, init=False)
    """The latest validation."""
    _finite: FiniteLosses = field(default_factory=FiniteLosses, init=False)
    _clock: StepClock = field(default_factory=StepClock, init=False)
    _profiler: StepProfiler = field(init=False)

    def __post_init__(self) -> None:
        self._profiler = StepProfiler(
            self.work.stage, self.work.folder, self.params.trainer, device=self.fabric.device
        )

    def run(self, batches: Iterable[Any]) -> None:
        """Consume ``batches``: those of the steps still to do, ``accumulate`` per step."""
        iterator = iter(batches)
        trainer, levels = self.params.trainer, levels_of(self.work, self.params)
        # published weights arrive in evaluation mode, and a validation ends in training mode
        self.state.module.train()
        with self._progress() as progress, StopSignals() as signals:
            self._clock.skipped()
            while self.state.step < trainer.max_steps:
                losses, norm = self._step(iterator)
                self.state.step += 1
                stopping = signals.agreed()
                must = bool(stopping) or self.state.step == trainer.max_steps
                self._after_step(losses, norm, levels, levels.due(self.state.step, must=must))
                progress.advance(self.state.step, losses["loss"], lambda: self._measured)
                if stopping:
                    signals.leave(stopping, stage=self.work.stage, step=self.state.step)
        self._profiler.finish()
        levels.discard_fast()

    def _after_step(
        self, losses: Mapping[str, Tensor], norm: Tensor, levels: Levels, saves: Level | None
    ) -> None:
        """Log and validate, each when due, and save on the level that is."""
        trainer = self.params.trainer
        validates = self.validate and self._due(trainer.validate_every)
        if saves or validates or self._due(trainer.log_every):
            self._finite.require()
            self._require_finite(norm)
        self._clock.worked(samples=self._samples_per_step())
        if self._due(trainer.log_every):
            self._log(losses, norm)
        if self.validate and validates:
            self._measured = self.validate()
            self.log(self._measured, self.state.step)
            self.validated()
        if saves:
            save(self.fabric, self.state, levels, saves)
        self._clock.skipped()

    def _samples_per_step(self) -> int:
        return self.params.accumulate * self.params.trainer.batch_size * world_size()

    def _progress(self) -> Progress:
        return Progress(
            self.work.stage,
            total=self.params.trainer.max_steps,
            done=self.state.step,
            formats=self.shown,
            shown=is_rank_zero(),
        )

    def _due(self, every: int) -> bool:
        return self.state.step % every == 0 or self.state.step == self.params.trainer.max_steps

    def _step(self, batches: Iterator[Any]) -> tuple[dict[str, Tensor], Tensor]:
        """One optimiser step: its mean losses, and the gradient norm before clipping."""
        params, state = self.params, self.state
        total: dict[str, Tensor] = {}
        self._profiler.begin()
        for micro in range(params.accumulate):
            batch = self._augmented(self._next(batches), micro)
            # random numbers (dropout) are a function of where we are: nothing to save for resume
            seed_globally(params.trainer.seed, state.step, micro, rank())
            last = micro == params.accumulate - 1
            with self._without_sync(not last):
                losses = self.losses(state.module(batch), batch)
                self._finite.add(losses["loss"], batch["sample_id"], step=state.step)
                self._profiler.passed("forward")
                self.fabric.backward(losses["loss"] / params.accumulate)
                self._profiler.passed("backward")
            for name, value in losses.items():
                share = value.detach() / params.accumulate
                total[name] = total[name] + share if name in total else share
        norm = self._clip()
        state.optimizer.step()
        state.schedule.step()
        state.optimizer.zero_grad(set_to_none=True)
        self._profiler.passed("optimizer")
        self._profiler.end()
        return total, norm

    def _without_sync(self, enabled: bool) -> Any:
        return self.fabric.no_backward_sync(self.state.module, enabled=enabled)  # type: ignore[arg-type]

    def _next(self, batches: Iterator[Any]) -> Any:
        self._clock.worked()
        batch = self.prepare(next(batches))
        self._clock.waited()
        self._profiler.passed("data")
        return batch

    def _augmented(self, batch: Any, micro: int) -> Any:
        """Change the images; a function of seed, step, micro-batch and sample, so resume is exact."""
        params = self.params
        if not params.augmentation.is_on:
            return batch
        images = augment_images(
            batch["frames"],
            params.augmentation,
            seed=params.trainer.seed,
            step=self.state.step * params.accumulate + micro,
            sample_id=batch["sample_id"],
        )
        return {**batch, "frames": images}

    def _clip(self) -> Tensor:
        """Clip the global gradient norm; 0 in the parameters only measures it."""
        limit = self.params.optimizer.clip_norm or float("inf")
        trained = [p for p in self.state.module.parameters() if p.grad is not None]
        norm = torch.nn.utils.clip_grad_norm_(trained, limit)
        # a sharded norm knows only its own part until it is asked for the whole
        return norm.full_tensor() if isinstance(norm, DTensor) else norm

    def _require_finite(self, norm: Tensor) -> None:
        """Stop before weights that are no numbers are logged or saved.

        The norm covers all processes, so they stop together; a loss is each rank's own.
        """
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"gradient norm is {float(norm)} at step {self.state.step}; expected a finite "
                "number: lower `optimizer.learning_rate` or lengthen the warm-up, then resume"
            )

    def _log(self, losses: Mapping[str, Tensor], norm: Tensor) -> None:
        metrics = {
            **{f"train/{name}": _mean_over_processes(value) for name, value in losses.items()},
            "train/grad_norm": float(norm),
            "train/learning_rate": float(self.state.schedule.get_last_lr()[0]),
        }
        self.log(metrics | monitored(self._clock), self.state.step)


def _mean_over_processes(loss: Tensor) -> float:
    return float(sum_over_processes(loss.clone()) / world_size())
