"""Entry point of stage 3: `fit` turns a backbone and few labelled episodes into a policy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

import lapa
from lapa.data.loader import evaluation_loader, training_loader
from lapa.data.pairs import subset
from lapa.data.robot import RobotDataset, open_robot
from lapa.models.device import device_for
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.action_error import measure_action_error
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import build_policy, save_policy
from lapa.models.storage import read_config
from lapa.params.finetune import FinetuneParams, PolicyModelParams
from lapa.params.foundation import FoundationModelParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.history import keep_history
from lapa.training.policy.codebook import start_from_codebook
from lapa.training.policy.labelled import (
    action_stats,
    check_codes,
    labelled_states,
    open_labelled,
    state_names,
    states_left_out,
)
from lapa.training.policy.module import PolicyModule
from lapa.training.policy.observed import ObservedDataset, observe_all, observed_loader
from lapa.training.policy.trainable import freeze_unreached, select_trainable
from lapa.training.precision_advice import advise_precision
from lapa.training.resume import ResumableLoader, resume_file
from lapa.training.seeding import seed_globally
from lapa.training.tracking import JoinedRun
from lapa.training.trainer import build_trainer, set_threads


def fit(
    *,
    shards: Mapping[str, Any],
    foundation: Mapping[str, Any],
    params: Mapping[str, Any],
    work: str,
    run: JoinedRun | None = None,
    labels: Mapping[str, Any] | None = None,
    laq: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Finetune a backbone on few labelled episodes; continue where a killed run stopped.

    Args:
        shards: a `ShardSet` with actions, as JSON.
        foundation: `Checkpoint` of the backbone; with step 0 it counts as unpretrained.
        params: `FinetuneParams`.
        work: folder for everything written; the same folder resumes.
        run: MLflow run to join.
        labels: `LabelSet` of the shards; only for joint training of codes and actions.
        laq: `Checkpoint` of the quantiser; only for embeddings that start as its codebook.

    Returns:
        The `Checkpoint` record (kind ``policy``) as JSON.

    Raises:
        ValueError: the parameters ask for something that was not handed over.
    """
    config = FinetuneParams(**params)
    used = config.artefacts(labels=labels, laq=laq)
    return _Finetuning(
        shards=ShardSet(**shards),
        foundation=Checkpoint(**foundation),
        params=config,
        labels=LabelSet(**used["labels"]) if "labels" in used else None,
        laq=Checkpoint(**used["laq"]) if "laq" in used else None,
        work=Path(work),
    ).run(run)


class _Finetuning:
    """One rank's finetuning: data, policy, and where results go."""

    def __init__(
        self,
        *,
        shards: ShardSet,
        foundation: Checkpoint,
        params: FinetuneParams,
        labels: LabelSet | None,
        laq: Checkpoint | None,
        work: Path,
    ) -> None:
        self.shards, self.foundation, self.params, self.work = shards, foundation, params, work
        self.labels, self.laq = labels, laq
        self.sizes = read_config(Path(foundation.path), FoundationModelParams)
        if self.labels is not None:
            check_codes(self.labels, foundation, self.sizes)
        pretrained = foundation.step > 0
        self.what = params.train if pretrained else "all"
        self.max_steps = params.trainer.max_steps
        if not pretrained and params.unpretrained_max_steps is not None:
            self.max_steps = params.unpretrained_max_steps
        set_threads(params.trainer.num_threads)
        local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        self.device = device_for(params.trainer.accelerator, local_rank=local_rank)
        self.dataset = open_labelled(shards, foundation.pair_spec, params, labels)
        self.config = self._model_config()
        self.policy = self._build()

    def _model_config(self) -> PolicyModelParams:
        state_dim: int | None = None
        names: tuple[str, ...] = ()
        if self.params.use_state:
            state_dim = labelled_states(self.dataset).shape[1]
            names = state_names(self.dataset, state_dim)
        return PolicyModelParams(
            foundation=self.sizes,
            head=self.params.head,
            chunk=self.params.chunk,
            state_dim=state_dim,
            state_names=names,
            stats=action_stats(self.dataset, self.shards, self.params),
        )

    def _build(self) -> Policy:
        """The policy at step 0: a function of the backbone, the labels and the seed."""
        backbone = load_foundation(Path(self.foundation.path))
        seed_globally(self.params.trainer.seed, "policy head")
        policy = build_policy(self.config, backbone=backbone)
        if policy.state_input is not None:
            policy.state_input.fit(torch.from_numpy(labelled_states(self.dataset)))
            self.config = states_left_out(self.config, policy.state_input.left_out)
        if self.laq is not None:
            start_from_codebook(policy, self.laq, self.foundation)
        select_trainable(policy, self.what)
        return policy

    def run(self, run: JoinedRun | None) -> dict[str, Any]:
        """Train what is left, measure the held-out error, save."""
        held_out = open_robot(
            self.shards,
            "val",
            chunk=self.params.chunk,
            pair_spec=self.foundation.pair_spec,
            max_episodes=None,
            seed=0,
            with_states=self.params.use_state,
            datasets=self.config.stats.datasets,
        )
        trainer = self._train(held_out, run)
        if not trainer.is_global_zero:
            return {}  # the launcher hands back rank zero's answer alone
        self.policy.to(self.device).eval()
        metrics, _ = measure_action_error(
            self.policy,
            evaluation_loader(held_out, batch_size=self.params.trainer.batch_size),
            device=self.device,
        )
        return self._record(trainer.global_step, metrics)

    def _train(self, held_out: RobotDataset, run: JoinedRun | None) -> pl.Trainer:
        module = PolicyModule(
            policy=self.policy,
            params=self.params,
            max_steps=self.max_steps,
            backbone_learns=self.what == "all",
        )
        data = self._training_data()
        self._freeze_idle(module, data)
        settings = self.params.trainer.model_copy(update={"max_steps": self.max_steps})
        trainer = build_trainer(
            settings,
            work=self.work,
            run=run,
            callbacks=[],
            clip_norm=self.params.optimiser.clip_norm,
        )
        loader = ResumableLoader(
            lambda start: self._loader(data, start, trainer.global_rank, trainer.world_size),
            total=self.max_steps,
        )
        if trainer.is_global_zero:
            advise_precision(settings.precision, trainer.strategy.root_device)
        module.train()
        trainer.fit(
            module, loader, self._validation_loader(held_out), ckpt_path=resume_file(self.work)
        )
        return trainer

    def _training_data(self) -> RobotDataset | ObservedDataset:
        """The labelled frames, or, for a frozen backbone, what it makes of them."""
        if self.what != "head" or self.params.augmentation.is_on:
            return self.dataset
        size = self.params.trainer.batch_size
        return observe_all(self.policy, self.dataset, batch_size=size, device=self.device)

    def _loader(
        self, data: RobotDataset | ObservedDataset, start: int, rank: int, world_size: int
    ) -> Any:
        settings = self.params.trainer
        order = {
            "batch_size": settings.batch_size,
            "seed": settings.seed,
            "max_steps": self.max_steps,
            "start_step": start,
            "rank": rank,
            "world_size": world_size,
        }
        if isinstance(data, ObservedDataset):
            return observed_loader(data, **order)
        return training_loader(data, num_workers=settings.num_workers, **order)

    def _validation_loader(self, held_out: RobotDataset) -> Any:
        """The same held-out frames every time and on every rank."""
        settings = self.params.trainer
        part = RobotDataset(
            reader=held_out.reader,
            slots=subset(held_out.slots, settings.val_max_samples, seed=settings.seed),
            chunk=held_out.chunk,
            action_dim=held_out.action_dim,
            with_states=self.params.use_state,
            codes=None,
        )
        return evaluation_loader(part, batch_size=settings.batch_size)

    def _freeze_idle(self, module: PolicyModule, data: RobotDataset | ObservedDataset) -> None:
        batch = next(iter(self._loader(data, 0, 0, 1)))
        torch.autograd.backward(module.losses(batch)["loss"])
        freeze_unreached(module)

    def _record(self, step: int, metrics: dict[str, float]) -> dict[str, Any]:
        folder = self.work / "model"
        digest = save_policy(folder, self.policy, self.config)
        keep_history(self.work, folder)
        inputs = {"shards": self.shards.digest, "foundation": self.foundation.digest}
        extra = {"labels": self.labels, "laq": self.laq}
        inputs |= {name: artefact.digest for name, artefact in extra.items() if artefact}
        record = Checkpoint(
            path=str(folder),
            kind="policy",
            step=step,
            digest=digest,
            inputs=inputs,
            pair_spec=self.foundation.pair_spec,
            metrics=metrics | {"labelled_episodes": self.config.stats.episodes},
            datasets=self.config.stats.datasets,
            code_version=lapa.__version__,
        )
        return record.model_dump(mode="json")
