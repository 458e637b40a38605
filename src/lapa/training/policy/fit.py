"""Entry point of stage 3: `fit` turns a backbone and few labelled episodes into a policy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import RobotDataset
from lapa.distributed.ranks import is_rank_zero
from lapa.metrics.action_error import measure_action_error
from lapa.models.policy.storage import save_policy
from lapa.models.storage import read_config
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.common.keep_best import KeepBest
from lapa.training.common.resume import ResumableLoader, resume_file
from lapa.training.common.selection import Criterion, Exported
from lapa.training.common.show_progress import ShowProgress
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.common.throughput import Throughput
from lapa.training.common.tracking import JoinedRun
from lapa.training.common.trainer import build_trainer
from lapa.training.policy.build import fresh_policy, model_config
from lapa.training.policy.codebook import start_from_codebook
from lapa.training.policy.encoded import encode_all
from lapa.training.policy.labeled import check_codes, open_labeled
from lapa.training.policy.loaders import (
    TrainingData,
    held_out_loader,
    labeled_loader,
    open_held_out,
)
from lapa.training.policy.module import PolicyModule
from lapa.training.policy.trainable import TrainablePart, freeze_unreached, select_trainable

CRITERION = Criterion(metric="val/mse_normalized")
"""What the best policy is best by: the error of its actions. Not the loss: that also counts how sure the
head is, and is best long before the actions are (`docs/finetune.md` has the measurement)."""
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
        ValueError: the parameters need something that was not handed over with a pretrained backbone.
        FloatingPointError: a loss is no number.
    """
    own, notes = params.for_arm(labels=labels, laq=laq)
    if notes and foundation.step > 0:
        raise ValueError(
            f"{'; '.join(notes)}. The backbone {foundation.path} is pretrained, so labels and quantiser "
            "exist: hand them over (`labels`, `laq`), or change the parameter"
        )
    finetuning = _Finetuning(
        shards=shards,
        foundation=foundation,
        params=own,
        artefacts=params.artefacts(labels=labels, laq=laq, mixture=mixture),
        work=StageWork(stage="policy", folder=work, run=run),
    )
    exported = finetuning.run()
    return finetuning.save(replace(exported, notes=(*notes, *exported.notes)))


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
        labels, laq = artefacts.get("labels"), artefacts.get("laq")
        sizes = read_config(Path(foundation.path), FoundationModelParams)
        if labels is not None:
            check_codes(labels, foundation, sizes)
        self.part: TrainablePart = params.train if foundation.step > 0 else "all"
        self.settings = _settings(params, pretrained=foundation.step > 0)
        self.device = start_process(self.settings)
        mixture = artefacts.get("mixture")
        self.dataset = open_labeled(shards, foundation.pair_spec, params, labels, mixture)
        config = model_config(sizes, self.dataset, shards, params)
        seed = params.trainer.seed
        self.policy, self.config = fresh_policy(foundation, self.dataset, config, seed=seed)
        if laq is not None:
            start_from_codebook(self.policy, laq, foundation)
        select_trainable(self.policy, self.part)

    def run(self) -> Exported:
        """Train what is left, choose the weights, measure their held-out error."""
        datasets = self.config.stats.datasets
        held_out = open_held_out(self.shards, self.foundation.pair_spec, self.params, datasets)
        val = held_out_loader(held_out, self.settings) if held_out else None
        module = PolicyModule(
            policy=self.policy,
            params=self.params,
            max_steps=self.settings.max_steps,
            backbone_learns=self.part == "all",
        )
        keep_best = KeepBest(
            stage="policy",
            criterion=None if self.settings.select == "last" else CRITERION,
            model=self.policy,
            work=self.work.folder,
        )
        trainer = self._trainer(keep_best)
        self._train(trainer, module, val)
        exported = keep_best.finish(trainer, module, val)
        metrics = {n: v for n, v in exported.metrics.items() if n == CRITERION.metric}
        if held_out and is_rank_zero():
            metrics |= self._errors(held_out)
        metrics["labeled_episodes"] = self.config.stats.episodes
        return replace(exported, metrics=metrics)

    def _trainer(self, keep_best: KeepBest) -> pl.Trainer:
        settings = self.settings
        return build_trainer(
            settings,
            work=self.work,
            callbacks=[
                keep_best,
                ShowProgress(stage="policy", formats=SHOWN),
                Throughput(every=settings.log_every, batch_size=settings.batch_size),
            ],
            clip_norm=self.params.optimizer.clip_norm,
        )

    def _train(self, trainer: pl.Trainer, module: PolicyModule, val: Any) -> None:
        data = self._training_data()
        first = next(iter(labeled_loader(data, self.settings)))
        freeze_unreached(module, module.losses(first)["loss"])
        loader = ResumableLoader(
            lambda start: labeled_loader(data, self.settings, start=start),
            total=self.settings.max_steps,
        )
        module.train()
        trainer.fit(module, loader, val, ckpt_path=resume_file(self.work.folder))

    def _training_data(self) -> TrainingData:
        """The labelled frames, or, for a frozen backbone, what it makes of them."""
        if self.part != "head" or self.params.augmentation.is_on:
            return self.dataset
        size = self.settings.batch_size
        return encode_all(self.policy, self.dataset, batch_size=size, device=self.device)

    def _errors(self, held_out: RobotDataset) -> dict[str, float]:
        """Action errors of the chosen weights on all held-out frames."""
        self.policy.to(self.device).eval()
        loader = evaluation_loader(held_out, batch_size=self.settings.batch_size)
        return measure_action_error(self.policy, loader, device=self.device)[0]

    def save(self, exported: Exported) -> Checkpoint:
        """Write the policy and describe it."""
        inputs = {"shards": self.shards, "foundation": self.foundation, **self.artefacts}
        return self.work.save(
            partial(save_policy, policy=self.policy, config=self.config),
            exported=exported,
            inputs={name: artefact.digest for name, artefact in inputs.items() if artefact},
            pair_spec=self.foundation.pair_spec,
            datasets=self.config.stats.datasets,
        )


def _settings(params: FinetuneParams, *, pretrained: bool) -> TrainerParams:
    """The trainer's parameters; whatever had no pretraining may learn for longer."""
    if pretrained or params.unpretrained_max_steps is None:
        return params.trainer
    return params.trainer.model_copy(update={"max_steps": params.unpretrained_max_steps})
