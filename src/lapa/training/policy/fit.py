"""Entry point of stage 3: `fit` turns a backbone and few labelled episodes into a policy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

import lapa
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.distributed.device import device_for
from lapa.metrics.action_error import measure_action_error
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import save_policy
from lapa.models.storage import read_config
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.policy import PolicyModelParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.common.held_out import holds_out
from lapa.training.common.history import keep_history
from lapa.training.common.keep_best import KeepBest
from lapa.training.common.precision_advice import advise_precision
from lapa.training.common.resume import ResumableLoader, resume_file
from lapa.training.common.seeding import seed_globally
from lapa.training.common.selection import Criterion, Exported
from lapa.training.common.show_progress import ShowProgress
from lapa.training.common.tracking import JoinedRun
from lapa.training.common.trainer import build_trainer, set_threads
from lapa.training.policy.codebook import start_from_codebook
from lapa.training.policy.labeled import (
    action_stats,
    check_codes,
    labeled_states,
    open_labeled,
    state_names,
    states_left_out,
)
from lapa.training.policy.loaders import held_out_loader, labeled_loader
from lapa.training.policy.module import PolicyModule
from lapa.training.policy.observed import ObservedDataset, observe_all
from lapa.training.policy.trainable import freeze_unreached, select_trainable

CRITERION = Criterion(metric="val/mse_normalized")
"""What the best policy is best by: the error of its actions. Not the loss: that also counts how sure the
head is, and is best long before the actions are (`docs/finetune.md` has the measurement)."""
SHOWN = {CRITERION.metric: "held-out action error {:.3f}"}


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
        ValueError: the parameters need something that was not handed over with a pretrained backbone.
    """
    config, backbone = FinetuneParams(**params), Checkpoint(**foundation)
    used = config.artefacts(labels=labels, laq=laq)
    config, notes = config.for_arm(labels=labels, laq=laq)
    if notes and backbone.step > 0:
        raise ValueError(
            f"{'; '.join(notes)}. The backbone {backbone.path} is pretrained, so labels and quantiser "
            "exist: hand them over (`labels`, `laq`), or change the parameter"
        )
    return _Finetuning(
        shards=ShardSet(**shards),
        foundation=backbone,
        params=config,
        labels=LabelSet(**used["labels"]) if "labels" in used else None,
        laq=Checkpoint(**used["laq"]) if "laq" in used else None,
        work=Path(work),
        notes=notes,
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
        notes: tuple[str, ...],
    ) -> None:
        self.shards, self.foundation, self.params, self.work = shards, foundation, params, work
        self.labels, self.laq, self.notes = labels, laq, notes
        self.sizes = read_config(Path(foundation.path), FoundationModelParams)
        if self.labels is not None:
            check_codes(self.labels, foundation, self.sizes)
        pretrained = foundation.step > 0
        self.what = params.train if pretrained else "all"
        self.settings = params.trainer
        if not pretrained and params.unpretrained_max_steps is not None:
            steps = params.unpretrained_max_steps
            self.settings = params.trainer.model_copy(update={"max_steps": steps})
        set_threads(params.trainer.num_threads)
        local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        self.device = device_for(params.trainer.accelerator, local_rank=local_rank)
        self.dataset = open_labeled(shards, foundation.pair_spec, params, labels)
        self.config = self._model_config()
        self.policy = self._build()

    def _model_config(self) -> PolicyModelParams:
        state_dim: int | None = None
        names: tuple[str, ...] = ()
        if self.params.use_state:
            state_dim = labeled_states(self.dataset).shape[1]
            names = state_names(self.dataset, state_dim)
        return PolicyModelParams(
            foundation=self.sizes,
            head=self.params.head,
            chunk=self.params.chunk,
            state_dim=state_dim,
            state_names=names,
            stats=action_stats(self.dataset, self.shards, self.params),
            frame_codec=self.shards.codec,
        )

    def _build(self) -> Policy:
        """The policy at step 0: a function of the backbone, the labels and the seed."""
        backbone = load_foundation(Path(self.foundation.path))
        seed_globally(self.params.trainer.seed, "policy head")
        policy = build_policy(self.config, backbone=backbone)
        if policy.state_input is not None:
            policy.state_input.fit(torch.from_numpy(labeled_states(self.dataset)))
            self.config = states_left_out(self.config, policy.state_input.left_out)
        if self.laq is not None:
            start_from_codebook(policy, self.laq, self.foundation)
        select_trainable(policy, self.what)
        return policy

    def run(self, run: JoinedRun | None) -> dict[str, Any]:
        """Train what is left, choose the weights, measure their held-out error, save."""
        held_out = self._held_out()
        module = PolicyModule(
            policy=self.policy,
            params=self.params,
            max_steps=self.settings.max_steps,
            backbone_learns=self.what == "all",
        )
        keep_best = KeepBest(
            stage="policy",
            criterion=None if self.settings.select == "last" else CRITERION,
            model=self.policy,
            work=self.work,
        )
        trainer = build_trainer(
            self.settings,
            work=self.work,
            run=run,
            callbacks=[keep_best, ShowProgress(stage="policy", figures=SHOWN)],
            clip_norm=self.params.optimizer.clip_norm,
        )
        val = held_out_loader(held_out, self.settings) if held_out else None
        self._train(trainer, module, val)
        exported = keep_best.finish(trainer, module, val)
        if not trainer.is_global_zero:
            return {}  # the launcher hands back rank zero's answer alone
        return self._record(exported, self._errors(held_out) if held_out else {})

    def _held_out(self) -> RobotDataset | None:
        """The episodes that nobody trains on; None where the shard set has none."""
        if not holds_out(self.shards):
            return None
        return open_robot(
            self.shards,
            "val",
            chunk=self.params.chunk,
            pair_spec=self.foundation.pair_spec,
            max_episodes=None,
            seed=0,
            with_states=self.params.use_state,
            datasets=self.config.stats.datasets,
        )

    def _train(self, trainer: pl.Trainer, module: PolicyModule, val: Any) -> None:
        data = self._training_data()
        self._freeze_idle(module, data)
        share = {"rank": trainer.global_rank, "world_size": trainer.world_size}
        loader = ResumableLoader(
            lambda start: labeled_loader(data, self.settings, start=start, **share),
            total=self.settings.max_steps,
        )
        if trainer.is_global_zero:
            advise_precision(self.settings.precision, trainer.strategy.root_device)
        module.train()
        trainer.fit(module, loader, val, ckpt_path=resume_file(self.work))

    def _errors(self, held_out: RobotDataset) -> dict[str, float]:
        """Action errors of the chosen weights on all held-out frames."""
        self.policy.to(self.device).eval()
        loader = evaluation_loader(held_out, batch_size=self.settings.batch_size)
        return measure_action_error(self.policy, loader, device=self.device)[0]

    def _training_data(self) -> RobotDataset | ObservedDataset:
        """The labelled frames, or, for a frozen backbone, what it makes of them."""
        if self.what != "head" or self.params.augmentation.is_on:
            return self.dataset
        size = self.params.trainer.batch_size
        return observe_all(self.policy, self.dataset, batch_size=size, device=self.device)

    def _freeze_idle(self, module: PolicyModule, data: RobotDataset | ObservedDataset) -> None:
        batch = next(iter(labeled_loader(data, self.settings)))
        torch.autograd.backward(module.losses(batch)["loss"])
        freeze_unreached(module)

    def _record(self, exported: Exported, errors: dict[str, float]) -> dict[str, Any]:
        folder = self.work / "model"
        digest = save_policy(folder, self.policy, self.config)
        keep_history(self.work, folder)
        inputs = {"shards": self.shards.digest, "foundation": self.foundation.digest}
        extra = {"labels": self.labels, "laq": self.laq}
        inputs |= {name: artefact.digest for name, artefact in extra.items() if artefact}
        metrics = {n: v for n, v in exported.metrics.items() if n == CRITERION.metric} | errors
        metrics["labeled_episodes"] = self.config.stats.episodes
        record = Checkpoint(
            path=str(folder),
            kind="policy",
            digest=digest,
            inputs=inputs,
            pair_spec=self.foundation.pair_spec,
            datasets=self.config.stats.datasets,
            code_version=lapa.__version__,
            **exported.facts() | {"metrics": metrics, "notes": (*self.notes, *exported.notes)},
        )
        return record.model_dump(mode="json")
