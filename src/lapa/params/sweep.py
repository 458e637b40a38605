"""Parameters of a sweep: what is searched, for which metric, and how, as its file says it."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from lapa.params.base import Params
from lapa.params.search_space import Dimension
from lapa.params.study import Budget, arm_of

Direction = Literal["minimize", "maximize"]
PipelineName = Literal["laq", "evaluate_laq", "foundation", "finetune"]
LOGGED = {"laq": "laq/", "foundation": "foundation/", "finetune": "policy/"}
"""Pipeline -> what the names of the metrics begin with that its training logs."""
OUTPUTS = {
    "laq": ("laq_checkpoint",),
    "evaluate_laq": ("laq_report",),
    "foundation": ("foundation_checkpoint",),
    "finetune": ("policy_report", "policy_checkpoint"),
}
"""Pipeline -> its artefacts whose records have metrics."""


class MetricParams(Params):
    """What a trial is worth."""

    name: str
    """``OUTPUT.METRIC`` of a record (``policy_report.success/reach``, a star stands for any part of the name and the mean
    is taken: ``policy_report.success/*``), or the last value of a logged one (``policy/val/loss``)."""
    direction: Direction


class PrunerParams(Params):
    """Which trials are stopped before their end."""

    kind: Literal["median", "successive_halving"] = "median"
    """Worse than the median of the others at this step, or not among the best ``1/reduction_factor`` at each rung."""
    metric: str
    """That training logs: ``policy/val/mse_normalized``."""
    direction: Direction = "minimize"
    startup_trials: int = Field(default=4, ge=1)
    """``median``: so many trials end before one is stopped."""
    warmup_steps: int = Field(default=0, ge=0)
    """``median``: no trial is stopped before this optimiser step."""
    min_steps: PositiveInt | None = None
    """``successive_halving``: optimiser step of the first rung; None is a hundredth of the longest trial, as Optuna sees it."""
    reduction_factor: int = Field(default=3, ge=2)


class SweepParams(Params):
    """A search: trials that differ in the parameters of its space."""

    question: str = Field(min_length=1)
    """One or two sentences, for the page."""
    env: str | None = None
    """Kedro environment; None is that of `kedro run`."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Parameters and globals of every trial, nested or dotted."""
    pipeline: PipelineName
    """The last pipeline of a trial; what it reads is made once for all trials that agree in it."""
    arm: str = "lapa"
    """Name of one in the package, or an import path."""
    budget: Budget = None
    """`finetune.labeled_episodes`; None is all."""
    pretraining_seed: int = 0
    """Of quantiser, inverse dynamics and backbone."""
    subset: int = 0
    """`finetune.trainer.seed`."""
    threads: int = Field(default=1, gt=0)
    """Torch threads of every stage."""
    metric: MetricParams
    space: dict[str, Dimension] = Field(min_length=1)
    """Dotted parameter -> where it is searched."""
    sampler: Literal["tpe", "random", "grid"] = "tpe"
    n_trials: PositiveInt | None = None
    """None is every point of the grid; the other samplers need a number."""
    seed: int = Field(default=0, ge=0)
    """Of the sampler."""
    pruner: PrunerParams | None = None
    results: str = ""
    """Folder of the results; empty: ``results/NAME`` beside the file."""

    @field_validator("arm")
    @classmethod
    def _arm_exists(cls, said: str) -> str:
        arm_of(said)
        return said

    @model_validator(mode="after")
    def _is_made_on_the_way(self) -> Self:
        arm = arm_of(self.arm)
        if self.pipeline in {"laq", "evaluate_laq"} and not arm.quantizer:
            raise ValueError(
                f"arm {arm.name!r} has no quantiser, so pipeline {self.pipeline} is not run for it"
            )
        if self.pipeline == "foundation" and not arm.is_pretrained:
            raise ValueError(f"arm {arm.name!r} pretrains nothing; expected pipeline: finetune")
        return self

    @model_validator(mode="after")
    def _metrics_are_of_the_pipeline(self) -> Self:
        logged = LOGGED.get(self.pipeline, "-")
        recorded = tuple(f"{output}." for output in OUTPUTS[self.pipeline])
        if not self.metric.name.startswith((logged, *recorded)):
            raise ValueError(
                f"metric.name is {self.metric.name!r}; with pipeline: {self.pipeline} expected one that begins with "
                f"{', '.join((*recorded, *filter(None, [LOGGED.get(self.pipeline)])))} (docs/sweeps.md)"
            )
        if self.pruner and not self.pruner.metric.startswith(logged):
            raise ValueError(
                f"pruner.metric is {self.pruner.metric!r}; expected one that the training of pipeline: {self.pipeline} "
                f"logs, {LOGGED.get(self.pipeline, 'and evaluate_laq trains nothing')}"
            )
        return self

    @model_validator(mode="after")
    def _sampler_has_what_it_needs(self) -> Self:
        if self.sampler != "grid" and self.n_trials is None:
            raise ValueError(f"n_trials is not given; sampler: {self.sampler} expects a number")
        ranges = [name for name, dimension in self.space.items() if not dimension.choices]
        if self.sampler == "grid" and ranges:
            raise ValueError(
                f"space: {ranges} have no choices; sampler: grid expects them everywhere"
            )
        return self
