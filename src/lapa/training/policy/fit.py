"""Entry point of stage 3: `fit` turns a backbone and few labelled episodes into a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

from lapa.data.loading.robot import RobotDataset
from lapa.distributed.ranks import barrier
from lapa.metrics.action_error import error_of_the_mean
from lapa.models.policy.storage import save_policy
from lapa.models.storage import read_config
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.common.best_weights import BestWeights
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.fabric import build_fabric
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.loop import Loop
from lapa.training.common.precision import with_precision
from lapa.training.common.seeding import prefer_deterministic_kernels
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.common.train_state import full_weights
from lapa.training.common.trained_parameters import trained_parameters
from lapa.training.policy.build import fresh_policy, model_config
from lapa.training.policy.codebook import start_from_codebook
from lapa.training.policy.encoded import seen_once
from lapa.training.policy.labeled import check_codes, open_labeled
from lapa.training.policy.loaders import (
    TrainingData,
    labeled_loader,
    measured_batches,
    on_device,
    open_held_out,
    validation_part,
)
from lapa.training.policy.model import POLICY, trainable_state, trained_policy
from lapa.training.policy.objective import PolicyBatch, PolicyOutput
from lapa.training.policy.trainable import BACKBONE, select_trainable
from lapa.training.policy.trial import policy_trial
from lapa.training.policy.validation import CRITERION, measure

SHOWN = {CRITERION.metric: "held-out action error {:.3f}"}


def fit(
    *,
    shards: ShardSet,
    foundation: Checkpoint,
    params: FinetuneParams,
    work: Path,
    labels: LabelSet | None = None,
    laq: Checkpoint | None = None,
    mixture: ShardSet | None = None,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Finetune a backbone on few labelled episodes; continue where a killed run stopped.

    Args:
        shards: clips with actions.
        foundation: the backbone; with step 0 it counts as unpretrained.
        params: head, labels, length of the training.
        work: folder for everything written; the same folder resumes.
        labels: codes of the shards; only for joint training of codes and actions.
        laq: the quantiser; only for embeddings that start as its codebook.
        mixture: the clips that the labels label, where those are more than ``shards``.
        run: MLflow run to join.

    Raises:
        ValueError: the parameters need something that was not handed over with a pretrained backbone, or
            name modules that the policy has not.
        FloatingPointError: a loss is no number.
    """
    own, notes = params.for_arm(labels=labels, laq=laq)
    lacks_labels = params.joint_latent_weight > 0 and labels is None
    if notes and foundation.step > 0 and (lacks_labels or not _learnt_actions(foundation)):
        raise ValueError(
            f"{'; '.join(notes)}. The backbone {foundation.path} is pretrained, so labels and quantiser "
            "exist: hand them over (`labels`, `laq`), or change the parameter"
        )
    if foundation.step == 0:
        own, put_aside = own.without_pretraining()
        notes += put_aside
    finetuning = _Finetuning(
        shards=shards,
        foundation=foundation,
        params=own,
        artefacts=params.artefacts(labels=labels, laq=laq, mixture=mixture),
        work=StageWork(stage="policy", folder=work, run=run),
    )
    exported = finetuning.run()
    return finetuning.save(replace(exported, notes=(*notes, *exported.notes)), finetuning.work)


def _learnt_actions(foundation: Checkpoint) -> bool:
    """Whether its codes were actions: no quantiser exists then, and none need be handed over."""
    return "labels" in foundation.inputs and "laq" not in foundation.inputs


class _Finetuning:
    """One rank's finetuning: data, policy, and where results go."""

    def __init__(
        self,
        *,
        shards: ShardSet,
        foundation: Checkpoint,
        params: FinetuneParams,
        artefacts: dict[str, Any],
        work: StageWork,
    ) -> None:
        self.shards, self.foundation, self.params, self.work = shards, foundation, params, work
        self.artefacts = artefacts
        self.device = start_process(params.trainer)
        prefer_deterministic_kernels()
        self._prepare()
        trial = partial(policy_trial, self.policy, self.data, params, self.device)
        params = self.params = with_precision(params, work, self.device, trial)
        self.fabric = build_fabric(params)
        self.fabric.launch()
        sample = next(iter(labeled_loader(self.data, params)))
        one = {name: value[:1] for name, value in sample.items()}
        self.state = trainable_state(self.fabric, self.policy, params, sample=one, work=work)
        self.best = BestWeights(
            self.state, work, params, fabric=self.fabric, criterion=CRITERION, write=self.save
        )
        self.loggers = work.loggers()

    def _prepare(self) -> None:
        """Open the labelled frames, build the policy that they describe, and say what of it learns."""
        labels, laq = self.artefacts.get("labels"), self.artefacts.get("laq")
        params, foundation = self.params, self.foundation
        sizes = read_config(Path(foundation.path), FoundationModelParams)
        if labels is not None:
            check_codes(labels, foundation, sizes)
        mixture = self.artefacts.get("mixture")
        # bins and statistics are of all labelled episodes, so that errors of fewer samples compare
        labeled = open_labeled(self.shards, foundation.pair_spec, params, labels, mixture)
        config = model_config(sizes, labeled, self.shards, params)
        seed = params.trainer.seed
        self.policy, self.config = fresh_policy(foundation, labeled, config, seed=seed)
        self.dataset = labeled.first(params.train_max_samples, seed=seed)
        if laq is not None:
            start_from_codebook(self.policy, laq, foundation)
        select_trainable(self.policy, params)
        self.data = self._once(self.dataset)
        self.policy.cpu()  # where it is made trainable, whatever it was encoded on

    def _once(self, frames: RobotDataset) -> TrainingData:
        return seen_once(self.policy, frames, self.params, device=self.device)

    def run(self) -> Exported:
        """Train what is left, choose the weights, measure their held-out error."""
        datasets = self.config.stats.datasets
        held_out = open_held_out(self.shards, self.foundation.pair_spec, self.params, datasets)
        self.facts = DataFacts.of("policy", train=self.dataset, val=held_out)

        def check(frames: TrainingData) -> dict[str, float]:
            errors = self._errors(validation_part(frames, self.params.trainer))
            metrics = {f"val/{name}": value for name, value in errors.items()}
            self.best.consider(metrics)
            return metrics

        batches = labeled_loader(self.data, self.params, start_step=self.state.step)
        measured = self._once(held_out) if held_out else None
        self._loop(partial(check, measured) if measured else None).run(batches)
        if measured and not self.best.latest:
            check(measured)
        exported = self.best.put_into_model()
        metrics = {n: v for n, v in exported.metrics.items() if n == CRITERION.metric}
        if held_out and measured:
            metrics |= {n: v for n, v in self._errors(measured).items() if n != "loss"}
            metrics |= error_of_the_mean(self.policy, held_out)
        if count := self.params.train_eval_samples:
            fitted = self._errors(self.data.first(count, seed=self.params.trainer.seed))
            metrics |= {f"train_eval/{n}": value for n, value in fitted.items() if n != "loss"}
        metrics["labeled_episodes"] = self.config.stats.episodes
        return replace(exported, metrics=metrics)

    def _errors(self, frames: TrainingData) -> dict[str, float]:
        """Action errors of the present weights on these frames; collective."""
        batches: Iterator[PolicyBatch] = map(
            self._moved, measured_batches(frames, self.params.trainer)
        )
        return measure(self.state, batches, seed=self.params.trainer.seed)

    def _moved(self, batch: Any) -> Any:
        return on_device(batch, self.device)

    def _loop(self, check: Callable[[], dict[str, float]] | None) -> Loop:
        return Loop(
            shown=SHOWN,
            fabric=self.fabric,
            params=self.params,
            state=self.state,
            work=self.work,
            log=self._log,
            validate=check,
            validated=self.best.keep_milestone,
            prepare=self._moved,
            losses=self._losses,
        )

    @staticmethod
    def _losses(output: PolicyOutput, batch: PolicyBatch) -> dict[str, Tensor]:
        losses = {"loss": output.loss}
        return (
            losses if output.latent_loss is None else losses | {"latent_loss": output.latent_loss}
        )

    def _log(self, metrics: dict[str, float], step: int) -> None:
        for logger in self.loggers:
            logger.log_metrics(metrics, step)

    def save(self, exported: Exported, work: StageWork) -> Checkpoint:
        """Consolidate the weights (collective), write the policy from rank zero and describe it."""
        weights = full_weights(self.state, sharded=self.params.shard)
        named = self.state.model.named_parameters()
        trained = ((name.removeprefix(POLICY), parameter) for name, parameter in named)
        inputs = {"shards": self.shards, "foundation": self.foundation, **self.artefacts}

        def write(folder: Path) -> str:
            policy = trained_policy(self.foundation, self.config, self.params, weights)
            return save_policy(folder, policy, self.config)

        checkpoint = work.save(
            write,
            exported=exported,
            inputs={name: artefact.digest for name, artefact in inputs.items() if artefact},
            pair_spec=self.foundation.pair_spec,
            datasets=self.config.stats.datasets,
            data=self.facts,
            trained=trained_parameters(trained, of=BACKBONE),
        )
        barrier()
        return checkpoint
