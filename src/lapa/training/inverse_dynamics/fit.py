"""Entry point: `fit` makes an inverse dynamics model of few labelled episodes.

Video PreTraining labels the web's video in this way: https://arxiv.org/abs/2206.11795, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lapa.batches import PairBatch
from lapa.data.loading.pairs import PairDataset
from lapa.distributed.ranks import barrier
from lapa.models.inverse_dynamics.model import InverseDynamics
from lapa.models.inverse_dynamics.storage import save_inverse_dynamics
from lapa.params.inverse_dynamics import InverseDynamicsModelParams, InverseDynamicsParams
from lapa.params.labeled_episodes import LabeledEpisodes
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.batches import held_out_batches, training_batches
from lapa.training.common.best_weights import BestWeights
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.fabric import build_fabric
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.labeled_episodes import choose_episodes
from lapa.training.common.loop import Loop
from lapa.training.common.precision import with_precision
from lapa.training.common.precision_trial import Trial
from lapa.training.common.seeding import prefer_deterministic_kernels, seed_globally
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.common.train_state import begin, full_weights
from lapa.training.common.trained_parameters import trained_parameters
from lapa.training.inverse_dynamics.data import (
    open_held_out_pairs,
    open_labeled_pairs,
    statistics_of,
)
from lapa.training.inverse_dynamics.objective import (
    CRITERION,
    InverseDynamicsObjective,
    beside_the_mean,
    measure,
)

MODEL = "model."
"""Begins the name of every tensor in the state of an `InverseDynamicsObjective`."""


def fit(
    *,
    shards: ShardSet,
    episodes: LabeledEpisodes,
    pair_spec: PairSpec,
    params: InverseDynamicsParams,
    work: Path,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Train on the pairs of the labelled episodes; continue where a killed run stopped.

    Args:
        shards: clips with actions.
        episodes: which of them show theirs: as in finetuning.
        pair_spec: what a pair is; its motion filter leaves out none, for standing still is labelled too.
        params: network, length of the training.
        work: folder for everything written; the same folder resumes.
        run: MLflow run to join.

    Raises:
        ValueError: there are no actions, or no labelled episode is longer than H.
        FloatingPointError: a loss or a gradient is no number.
    """
    fitting = _Fitting(
        shards=shards,
        episodes=episodes,
        spec=pair_spec,
        params=params,
        work=StageWork(stage="inverse_dynamics", folder=work, run=run),
    )
    return fitting.save(fitting.run(), fitting.work)


class _Fitting:
    """One rank's training: data, model, and where results go."""

    def __init__(
        self,
        *,
        shards: ShardSet,
        episodes: LabeledEpisodes,
        spec: PairSpec,
        params: InverseDynamicsParams,
        work: StageWork,
    ) -> None:
        self.shards, self.spec, self.params, self.work = shards, spec, params, work
        self.device = start_process(params.trainer)
        prefer_deterministic_kernels()
        self.chosen = choose_episodes(shards, episodes)
        labeled = open_labeled_pairs(shards, spec, self.chosen)
        self.stats = statistics_of(labeled, shards, self.chosen)
        self.config = InverseDynamicsModelParams(sizes=params.model, stats=self.stats)
        count, seed = params.train_max_samples, params.trainer.seed
        self.labeled = labeled.first(count, seed=seed)
        params = self.params = with_precision(params, work, self.device, self._trial)
        self.fabric = build_fabric(params)
        self.fabric.launch()
        seed_globally(seed, "inverse dynamics weights")
        objective = InverseDynamicsObjective(InverseDynamics(self.config))
        self.state = begin(self.fabric, objective, params, work)
        self.best = BestWeights(
            self.state, work, params, fabric=self.fabric, criterion=CRITERION, write=self.save
        )
        self.loggers = work.loggers()

    def _trial(self) -> Trial:
        """A model at step 0 and its loss on the first batch."""
        objective = InverseDynamicsObjective(InverseDynamics(self.config)).to(self.device)
        batches = training_batches(self.labeled, self.params, start_step=0)
        batch = self._moved(next(iter(batches)))
        return Trial(objective, lambda: objective(batch).loss)

    def run(self) -> Exported:
        """Train what is left, choose the weights, measure them on all held-out pairs of a seeded order."""
        held_out = open_held_out_pairs(
            self.shards,
            self.spec,
            self.chosen.datasets,
            max_samples=self.params.trainer.val_max_samples,
        )
        self.facts = DataFacts.of("inverse_dynamics", train=self.labeled, val=held_out)
        batches = training_batches(self.labeled, self.params, start_step=self.state.step)
        self._loop(held_out).run(batches)
        if held_out and not self.best.latest:
            self._check(held_out)
        exported = self.best.put_into_model()
        metrics = {**exported.metrics, "labeled_episodes": float(self.chosen.count)}
        if count := self.params.train_eval_samples:
            fitted = self._errors(self.labeled.first(count, seed=self.params.trainer.seed))
            metrics |= {f"train_eval/{name}": value for name, value in fitted.items()}
        return replace(exported, metrics=metrics)

    def _check(self, held_out: PairDataset) -> dict[str, float]:
        errors = self._errors(held_out)
        beside = beside_the_mean(errors, held_out, self.stats)
        baseline = {n: beside.pop(n) for n in list(beside) if n.startswith("predict_mean/")}
        metrics = {f"val/{name}": value for name, value in (errors | beside).items()} | baseline
        self.best.consider(metrics)
        return metrics

    def _errors(self, pairs: PairDataset) -> dict[str, float]:
        batches: Iterator[PairBatch] = map(
            self._moved, held_out_batches(pairs, self.params.trainer)
        )
        return measure(self.state, batches, stats=self.stats)

    def _moved(self, batch: Any) -> Any:
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}

    def _loop(self, held_out: PairDataset | None) -> Loop:
        return Loop(
            shown={"val/r2": "held-out R² {:.3f}"},
            fabric=self.fabric,
            params=self.params,
            state=self.state,
            work=self.work,
            log=self._log,
            validate=partial(self._check, held_out) if held_out else None,
            validated=self.best.keep_milestone,
            prepare=self._moved,
        )

    def _log(self, metrics: dict[str, float], step: int) -> None:
        for logger in self.loggers:
            logger.log_metrics(metrics, step)

    def save(self, exported: Exported, work: StageWork) -> Checkpoint:
        """Write the model from rank zero and describe it."""
        weights = full_weights(self.state, sharded=False)
        named = self.state.model.named_parameters()
        trained = ((name.removeprefix(MODEL), parameter) for name, parameter in named)

        def write(folder: Path) -> str:
            model = InverseDynamics(self.config)
            model.load_state_dict({n.removeprefix(MODEL): w for n, w in weights.items()})
            return save_inverse_dynamics(folder, model, self.config)

        checkpoint = work.save(
            write,
            exported=exported,
            inputs={"shards": self.shards.digest},
            pair_spec=self.spec,
            datasets=self.chosen.datasets,
            data=self.facts,
            trained=trained_parameters(trained),
        )
        barrier()
        return checkpoint
