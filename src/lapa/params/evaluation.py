"""Parameters of the evaluation: which scenes, how many, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, PositiveFloat, ValidationError, field_validator, model_validator

from lapa.params.base import Accelerator, Params
from lapa.params.distraction import DistractionParams
from lapa.params.envs import TabletopParams
from lapa.params.flow import FlowParams
from lapa.params.kinds import import_named
from lapa.params.simulators import AnySimulatorParams, SimulatorParams
from lapa.records import PairColumn


class RolloutParams(Params):
    """Closed-loop episodes in the simulator."""

    simulator: AnySimulatorParams = TabletopParams()
    """Must look like the recordings that the policy was trained on."""
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Name -> options of the simulator that are others there. Beside the plain scenes every task is tried in each
    variant too, on the same seeds: criterion ``TASK/NAME``. None, as a layer that takes away those of another
    one may say, is no variant."""
    tasks: tuple[str, ...] = Field(default=("reach", "lift"), min_length=1)
    num_scenes: int = Field(default=200, gt=0)
    """Scenes per task and variant; every arm gets the same ones."""
    first_seed: int = Field(default=190_000, ge=0)
    """Seed of the first scene; keep it away from the recording's seeds, and from those on which
    anything was chosen (`docs/scenes.md`)."""
    max_steps: int = Field(default=30, gt=0)
    """Control steps before an episode counts as failed."""
    execute: int = Field(default=1, gt=0)
    """Actions of a chunk that are executed before the policy looks again."""
    batch_size: int = Field(default=32, gt=0)
    """Scenes that run side by side, through one forward pass; more are faster on a GPU."""
    num_videos: int = Field(default=2, ge=0)
    """Episodes per task and variant that are kept as videos."""
    workers: int | None = Field(default=None, gt=0)
    """Processes in which the scenes run; the outcome is the same with any number. None: as many as torch has threads,
    each with at least 50 trials, for fewer take longer to start than they save."""

    def workers_for(self, cores: int) -> int:
        """Processes to run scenes in on so many cores."""
        trials = self.num_scenes * len(self.tasks) * (1 + len(self.variants))
        return self.workers or max(1, min(cores, trials // 50))

    def simulators(self) -> dict[str, SimulatorParams]:
        """The simulator of the plain scenes, by the empty name, and that of every variant."""
        plain = self.simulator.model_dump()
        changed = {
            name: type(self.simulator).model_validate(plain | options)
            for name, options in self.variants.items()
        }
        return {"": self.simulator, **changed}

    def trials(self) -> Iterator[tuple[str, str, SimulatorParams]]:
        """Criterion, task and simulator of everything that is tried; the plain scenes first."""
        for name, simulator in self.simulators().items():
            limited = _limited(simulator, self.max_steps)
            for task in self.tasks:
                yield f"{task}/{name}" if name else task, task, limited

    @field_validator("variants", mode="before")
    @classmethod
    def _none_is_no_variant(cls, variants: Any) -> Any:
        return {} if variants is None else variants

    @model_validator(mode="after")
    def _variants_are_of_this_simulator(self) -> Self:
        for name, options in self.variants.items():
            if not name.isidentifier() or "kind" in options:
                raise ValueError(
                    f"variants has {name!r} with {options}, expected a name of letters, digits and '_', and "
                    "options of the plain scenes' simulator, not another kind"
                )
        try:
            for simulator in self.simulators().values():
                _limited(simulator, self.max_steps)
        except ValidationError as refused:
            wrong = [
                f"{'.'.join(map(str, e['loc'])) or 'options'}: {e['msg']}" for e in refused.errors()
            ]
            raise ValueError(
                f"a variant of {list(self.variants)} does not fit {self.simulator.kind!r}: "
                f"{'; '.join(wrong)}"
            ) from refused
        return self


def _limited(simulator: SimulatorParams, max_steps: int) -> SimulatorParams:
    """The simulator with the limit of a trial, checked as if it had been written so."""
    return type(simulator).model_validate(simulator.model_dump() | {"max_steps": max_steps})


class ProbeParams(Params):
    """Probes from codes to true actions, on held-out episodes."""

    max_samples: int = Field(default=4000, gt=0)
    """Held-out pairs at most."""
    min_per_dataset: int = Field(default=400, gt=0)
    """Where several datasets are held out: pairs of each that are measured at least, if it has as many;
    ``max_samples`` gives way to it."""
    folds: int = Field(default=5, ge=2)
    """Episode-disjoint folds; every pair is predicted by a probe that never saw its episode."""
    ridge: tuple[PositiveFloat, ...] = Field(default=(1.0, 10.0, 1e2, 1e3, 1e4, 1e5), min_length=1)
    """L2 penalties of the linear probe; the best on episodes it was not fitted on is taken."""
    hidden_dim: int = Field(default=64, gt=0)
    """Width of the MLP probe's one hidden layer."""
    max_iterations: int = Field(default=200, gt=0)
    """Epochs of the MLP probe at most."""
    resamples: int = Field(default=500, gt=0)
    """Bootstrap draws of episodes for an interval."""


class OpenLoopParams(Params):
    """Actions predicted on held-out episodes, beside baselines that need no policy."""

    target_mse: float = Field(default=0.05, gt=0)
    """Normalised mean squared error that a policy is to stay below: the report says pass or fail."""
    max_episodes: int | None = Field(default=None, gt=0)
    """Held-out episodes that are predicted, the first of a seeded order; None predicts all."""
    neighbor_frames: int = Field(default=20_000, gt=0)
    """Labelled frames at most among which the nearest neighbour is sought, the first of a seeded order."""
    num_traces: int = Field(default=3, ge=0)
    """Held-out episodes whose predicted and true actions are drawn frame by frame, the first of the split."""


class EvaluationParams(Params):
    """Everything the evaluation pipeline needs."""

    rollout: RolloutParams | None = RolloutParams()
    """None where no simulator looks like the data: then only the action error is measured."""
    open_loop: OpenLoopParams = OpenLoopParams()
    probe: ProbeParams = ProbeParams()
    distraction: DistractionParams = DistractionParams()
    """Codes under nuisances, where `rollout` has the tabletop that the pairs were filmed in."""
    flow: FlowParams = FlowParams()
    accelerator: Accelerator = "auto"
    """Where quantisers and policies run while they are measured."""
    split: str = "val"
    """Held-out episodes for codes and action errors."""
    where: dict[PairColumn, tuple[str, ...]] = Field(default_factory=dict)
    """Buckets: codes are measured on pairs that have one of the texts in each column that is named; {} measures
    all. Policies are not concerned."""
    batch_size: int = Field(default=256, gt=0)
    decoded_pairs: int = Field(default=256, ge=2)
    """Held-out pairs that move and are decoded again with other codes, at most; datasets take turns."""
    num_examples: int = Field(default=6, gt=0)
    """Pairs in the reconstruction grid, and of each code in the plots that show codes."""
    analyses: tuple[str, ...] = ()
    """Further analyses, as ``package.module:Class`` (`docs/extend/analysis.md`); the built-in ones are
    always made."""
    plots: bool = True
    """Draw what was measured; without, the same numbers take a fraction of the time."""
    on_error: Literal["report", "raise"] = "report"
    """An analysis that fails unforeseen is listed in the report and the rest goes on, or ends the
    run: the choice for tests. What the data does not allow is listed either way."""
    seed: int = 0

    @field_validator("analyses")
    @classmethod
    def _analyses_exist(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            import_named(path)
        return paths

    @model_validator(mode="after")
    def _tasks_exist(self) -> Self:
        if self.rollout is None:
            return self
        for name, simulator in self.rollout.simulators().items():
            if missing := set(self.rollout.tasks) - set(simulator.tasks):
                where = f"rollout.variants.{name}.tasks" if name else "rollout.simulator.tasks"
                raise ValueError(
                    f"rollout.tasks has {sorted(missing)}, which {where} {list(simulator.tasks)} "
                    "does not: set `evaluation.rollout.tasks`, or add them to the simulator's tasks"
                )
        return self
