"""Entry point of stage 2: `fit` trains a foundation model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from lapa.batches import LatentBatch
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.slots import SlotDataset
from lapa.distributed.ranks import barrier
from lapa.models.foundation.storage import save_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet
from lapa.training.common.adapt import adapt
from lapa.training.common.batches import held_out_batches, training_batches
from lapa.training.common.best_weights import BestWeights
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.fabric import build_fabric
from lapa.training.common.held_out import holds_out
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.loop import Loop
from lapa.training.common.precision import with_precision
from lapa.training.common.precision_trial import Trial
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import NOTHING_READ, StageWork, start_process
from lapa.training.common.train_state import full_weights
from lapa.training.common.trained_parameters import trained_parameters
from lapa.training.foundation.ablations import ablations
from lapa.training.foundation.labels import LabelProvider
from lapa.training.foundation.metrics import majority_codes, position_histogram
from lapa.training.foundation.model import fresh_model, trainable_state, trained_model
from lapa.training.foundation.open_labels import open_labels
from lapa.training.foundation.validation import CRITERION, ablate, validate


def fit(
    *,
    shards: ShardSet,
    params: FoundationParams,
    work: Path,
    labels: LabelSet | None = None,
    laq: Checkpoint | None = None,
    pair_spec: PairSpec | None = None,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Train on the labelled pairs of a shard set; continue where a killed run stopped.

    Args:
        shards: the clips.
        params: backend, codes, length of the training.
        work: folder for everything written; the same folder resumes.
        labels: made from the shards; only online labelling does without.
        laq: the quantiser: compared with the labels' one, needed for online labelling; none behind actions.
        pair_spec: which pairs to learn from, e.g. by another motion filter; None: as labelled.
        run: MLflow run to join.

    Raises:
        ValueError: the labels belong to other shards or another quantiser, or have other sizes.
        FloatingPointError: a loss or a gradient is no number.
    """
    device = start_process(params.trainer)
    if labels is not None and labels.are_actions:
        params = params.of_sizes(
            code_seq_len=labels.code_seq_len, codebook_size=labels.codebook_size
        )
    provider = open_labels(shards, labels, laq, params, device, pair_spec=pair_spec)
    own = StageWork(stage="foundation", folder=work, run=run)
    params = with_precision(params, own, device, partial(_trial, shards, provider, params, device))
    fabric = build_fabric(params)
    fabric.launch()
    training = _Training(fabric=fabric, shards=shards, labels=provider, params=params, work=own)
    return training.save(training.run(), own)


def _trial(
    shards: ShardSet, labels: LabelProvider[Any], params: FoundationParams, device: torch.device
) -> Trial:
    """A model at step 0 and its loss on the first batch."""
    model = fresh_model(shards, params)
    adapt(model, params)
    train = labels.open("train", max_samples=params.train_max_samples)
    batch = labels.prepare(next(iter(training_batches(train, params, start_step=0))))
    model.to(device)
    return Trial(model, lambda: model(batch).loss)


class _Training:
    """One rank's training: model, data and where its results go."""

    def __init__(
        self,
        *,
        fabric: Fabric,
        shards: ShardSet,
        labels: LabelProvider[Any],
        params: FoundationParams,
        work: StageWork,
    ) -> None:
        self.fabric, self.shards, self.labels = fabric, shards, labels
        self.params, self.work = params, work
        self.state = trainable_state(fabric, shards, params, work)
        self.best = BestWeights(
            self.state, work, params, fabric=fabric, criterion=CRITERION, write=self.save
        )
        self.loggers = work.loggers()
        self.data = NOTHING_READ

    def run(self) -> Exported:
        """Train what is left, choose the weights, and see what they do without image or words."""
        train = self.labels.open("train", max_samples=self.params.train_max_samples)
        val = self._held_out()
        self.data = DataFacts.of("foundation", train=train, val=val)
        codes = self.labels.training_codes(train)
        majority = majority_codes(position_histogram(codes, self.params.codebook_size))

        def check(held_out: SlotDataset) -> dict[str, float]:
            metrics = validate(self.state, self._batches(held_out), majority=majority)
            self.best.consider(metrics)
            return metrics

        batches = training_batches(train, self.params, start_step=self.state.step)
        self._loop(partial(check, val) if val else None).run(batches)
        if val and not self.best.latest:
            check(val)
        chosen = self.best.put_into_model()
        chosen = self._with_ablations(chosen, val) if val else chosen
        return self._with_train_eval(chosen, majority)

    def _held_out(self) -> SlotDataset | None:
        """The pairs to validate on; None where the shard set holds nothing out."""
        if not holds_out(self.shards):
            return None
        held_out: SlotDataset = self.labels.open(
            "val", max_samples=self.params.trainer.val_max_samples
        )
        return held_out

    def _batches(self, val: SlotDataset) -> Iterator[LatentBatch]:
        return map(self.labels.prepare, held_out_batches(val, self.params.trainer))

    def _loop(self, check: Callable[[], dict[str, float]] | None) -> Loop:
        by_itself = "decoded_top1" if self.state.model.teacher_forced else "top1"
        return Loop(
            shown={f"val/{by_itself}": "held-out codes right {:.1%}"},
            fabric=self.fabric,
            params=self.params,
            state=self.state,
            work=self.work,
            log=self._log,
            validate=check,
            validated=self.best.keep_milestone,
            prepare=self.labels.prepare,
        )

    def _with_ablations(self, chosen: Exported, val: SlotDataset) -> Exported:
        kinds = ablations(val.table.texts["instruction"].values)
        metrics = chosen.metrics | ablate(self.state, self._batches(val), kinds)
        self._log(metrics, self.state.step)
        return replace(chosen, metrics=metrics)

    def _with_train_eval(self, chosen: Exported, majority: Tensor) -> Exported:
        """The chosen weights on training pairs, all of them on every process."""
        count = self.params.train_eval_samples
        if not count:
            return chosen
        fitted = self.labels.open("train", max_samples=count)
        loader = evaluation_loader(fitted, batch_size=self.params.trainer.batch_size)
        metrics = validate(
            self.state, map(self.labels.prepare, loader), majority=majority, heading="train_eval/"
        )
        self._log(metrics, chosen.step)
        return replace(chosen, metrics=chosen.metrics | metrics)

    def save(self, exported: Exported, work: StageWork) -> Checkpoint:
        """Consolidate the weights (collective) and save them from rank zero."""
        weights = full_weights(self.state, sharded=self.params.shard)

        def write(folder: Path) -> str:
            model = trained_model(self.shards, self.params, weights)
            return save_foundation(folder, model, self.params.model())

        checkpoint = work.save(
            write,
            exported=exported,
            inputs={"shards": self.shards.digest, **self.labels.inputs},
            pair_spec=self.labels.pair_spec,
            data=self.data,
            trained=trained_parameters(self.state.model.named_parameters()),
        )
        barrier()
        return checkpoint

    def _log(self, metrics: dict[str, float], step: int) -> None:
        for logger in self.loggers:
            logger.log_metrics(metrics, step)
