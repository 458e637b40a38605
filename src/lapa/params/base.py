"""The base of every parameter class, and the groups that several stages share."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Precision = Literal["32-true", "bf16-mixed"]
"""float32 throughout, or bfloat16 arithmetic on float32 weights."""
Accelerator = Literal["auto", "cpu", "gpu", "cuda"]
"""Where networks run; ``auto`` takes a GPU where there is one."""


class Params(BaseModel):
    """Frozen parameters; an unknown name is an error, so a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class OptimizerParams(Params):
    """AdamW or Adafactor, with warm-up and then a cosine or a constant rate."""

    kind: Literal["adamw", "adafactor"] = "adamw"
    """``adafactor`` keeps one number per row and column instead of two per weight: half of AdamW's
    memory for weights, gradients and state. It has no momentum and ignores ``betas``."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """Peak learning rate. For ``adafactor`` relative to the size of each tensor (its RMS), and never
    above one over the root of the step, which torch's implementation caps it to."""
    schedule: Literal["cosine", "constant"] = "cosine"
    """After the warm-up: down to `final_learning_rate` along a cosine, or no change."""
    final_learning_rate: float = Field(default=1e-6, ge=0)
    """Where the cosine ends; a constant rate reads none."""
    warmup_steps: int = Field(default=1000, ge=0)
    """Optimiser steps of linear warm-up."""
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = Field(default=0.01, ge=0)
    """0 makes AdamW plain Adam. Decoupled decay, times the learning rate (for ``adafactor`` the uncapped one); tensors with
    fewer than two dimensions are never decayed."""
    clip_norm: float = Field(default=1.0, ge=0)
    """Largest global gradient norm; 0 switches clipping off."""


class FastCheckpointParams(Params):
    """Resume points on a disk of the node: quick to write, and gone with the node."""

    folder: str = Field(min_length=1)
    """Where they lie, e.g. ``/tmp/lapa``; every training has a folder of its own in it."""
    every: int = Field(default=100, gt=0)
    """Optimiser steps between them; a step that is saved durably is not saved here too."""
    keep: int = Field(default=3, gt=0)
    """How many stay; all go when the training is done."""


class CheckpointParams(Params):
    """What a training saves, in three levels; it goes on from the newest complete one of any level."""

    keep: int = Field(default=3, gt=0)
    """Durable resume points (every `checkpoint_every` steps, in the work folder) that stay."""
    fast: FastCheckpointParams | None = None
    """Resume points in between, on a disk of the node; None saves none."""
    milestones: str | None = Field(default=None, min_length=1)
    """Folder that keeps, beyond the end of the training, its best model so far (from whose step it can also be
    resumed) and its last one, each with weights, configuration and record; None keeps none."""


class TrainerParams(Params):
    """How long and on what a stage trains."""

    max_steps: int = Field(gt=0)
    """Optimiser steps."""
    batch_size: int = Field(gt=0)
    """Samples per process and step."""
    precision: Precision | Literal["auto"] = "32-true"
    """float32 throughout, or bfloat16 arithmetic on float32 weights; ``auto`` takes the faster one of this model on this
    machine, so that another machine may give other numbers (docs/monitoring.md). float16 is not offered: it
    needs its losses scaled, and the loop of stage 2 does not."""
    devices: int = Field(default=1, gt=0)
    """Processes per node."""
    nodes: int = Field(default=1, gt=0)
    accelerator: Accelerator = "auto"
    num_workers: int = Field(default=0, ge=0)
    """Loader processes per training process."""
    num_threads: int = Field(default=0, ge=0)
    """Torch intra-op threads; 0 keeps torch's choice."""
    validate_every: int = Field(default=500, gt=0)
    """Optimiser steps between validations."""
    select: Literal["best", "last"] = "best"
    """Which weights are exported: the best that were validated, by the stage's metric (which the
    checkpoint's record names), or those of the last step."""
    val_max_samples: int = Field(default=1024, gt=0)
    """Validation pairs, the first of a seeded order."""
    measure_train_samples: int = Field(default=0, ge=0)
    """Training samples, the first of a seeded order, on which the exported weights are measured as on the
    validation samples (``train_eval/`` beside ``val/``); 0 measures none."""
    checkpoint_every: int = Field(default=200, gt=0)
    """Optimiser steps between durable resume points."""
    checkpoints: CheckpointParams = CheckpointParams()
    log_every: int = Field(default=20, gt=0)
    """Optimiser steps between logged training metrics."""
    profile_steps: int = Field(default=0, ge=0)
    """Steps, after the first three, that are timed part by part; three more are traced operator by operator. Page and
    trace go to ``profile/`` beside the weights (docs/monitoring.md). 0 profiles none."""
    seed: int = 0

    def decided_precision(self) -> Precision:
        """``precision``, where it is decided.

        Raises:
            ValueError: it is still ``auto``.
        """
        if self.precision == "auto":
            raise ValueError(
                "trainer.precision is 'auto' where a model is trained; expected '32-true' or 'bf16-mixed': take the "
                "parameters through `lapa.training.common.precision.with_precision` first"
            )
        return self.precision


class StageParams(Params):
    """What every training stage has: an optimiser and a trainer that fit each other."""

    optimizer: OptimizerParams = OptimizerParams()
    trainer: TrainerParams
    train_max_samples: int | None = Field(default=None, gt=0)
    """Training samples at most, the first of a seeded order (nested: 100 holds 10), after the split:
    validation stays the same. None takes all."""

    @property
    def train_eval_samples(self) -> int:
        """Training samples on which the exported weights are measured; no more than train."""
        count = self.trainer.measure_train_samples
        return count if self.train_max_samples is None else min(count, self.train_max_samples)

    @model_validator(mode="after")
    def _warmup_ends_in_time(self) -> Self:
        if self.optimizer.warmup_steps >= self.trainer.max_steps:
            raise ValueError(
                f"optimizer.warmup_steps is {self.optimizer.warmup_steps}, expected less than "
                f"trainer.max_steps = {self.trainer.max_steps}; shorten the warm-up or train longer"
            )
        return self
