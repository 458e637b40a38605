"""Entry point of stage 2: `fit` trains a foundation model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lightning_fabric import Fabric
from torch import Tensor

from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.models.foundation.initialization import initialization_table, origins_of
from lapa.models.foundation.storage import save_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.common.held_out import holds_out
from lapa.training.common.history import keep_history
from lapa.training.common.optim import build_optimizer, build_schedule
from lapa.training.common.precision_advice import advise_precision
from lapa.training.common.resume import resume_folder
from lapa.training.common.selection import Exported
from lapa.training.common.tracking import JoinedRun, MetricsFile, build_logger
from lapa.training.common.trainer import set_threads
from lapa.training.foundation.ablations import ablations
from lapa.training.foundation.adapt import adapt, merge_lora
from lapa.training.foundation.best import BestBackbone
from lapa.training.foundation.fabric import build_fabric
from lapa.training.foundation.initialize import fresh_model, record_of
from lapa.training.foundation.labels import LabelProvider, open_labels
from lapa.training.foundation.loop import Loop
from lapa.training.foundation.metrics import majority_codes, position_histogram
from lapa.training.foundation.state import TrainState, full_weights, restore
from lapa.training.foundation.validation import ablate, validate

logger = logging.getLogger(__name__)


def fit(
    *,
    shards: Mapping[str, Any],
    params: Mapping[str, Any],
    work: str,
    labels: Mapping[str, Any] | None = None,
    run: JoinedRun | None = None,
    laq: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Train on the labelled pairs of a shard set; continue where a killed run stopped.

    Args:
        shards: a `ShardSet` as JSON.
        params: `FoundationParams`.
        work: folder for everything written; the same folder resumes.
        labels: the `LabelSet` made from the shards; only online labelling does without.
        run: MLflow run to join.
        laq: `Checkpoint` of the quantiser: compared with the labels' one, needed for online
            labelling.

    Returns:
        The `Checkpoint` record (kind ``foundation``) as JSON.

    Raises:
        ValueError: the labels belong to other shards or another quantiser, or have other sizes.
    """
    shard_set, config = ShardSet(**shards), FoundationParams(**params)
    set_threads(config.trainer.num_threads)
    fabric = build_fabric(config)
    provider = open_labels(
        shard_set,
        LabelSet(**labels) if labels else None,
        Checkpoint(**laq) if laq else None,
        config,
        fabric.device,
    )
    fabric.launch()
    if fabric.is_global_zero:
        advise_precision(config.trainer.precision, fabric.device)
    session = _Session(
        fabric=fabric, shards=shard_set, labels=provider, params=config, work=Path(work), run=run
    )
    return session.finish(session.train())


class _Session:
    """One rank's training: model, data and where its results go."""

    def __init__(
        self,
        *,
        fabric: Fabric,
        shards: ShardSet,
        labels: LabelProvider,
        params: FoundationParams,
        work: Path,
        run: JoinedRun | None,
    ) -> None:
        self.fabric, self.shards, self.labels = fabric, shards, labels
        self.params, self.work = params, work
        self.model = fresh_model(shards, params)
        self._tell_origins()
        adapt(self.model, params)
        self.state = self._set_up()
        select = params.trainer.select
        self.best = BestBackbone(fabric, self.state, work, select=select, sharded=params.shard)
        joined = build_logger(run)
        self.loggers = [MetricsFile(path=work / "metrics.jsonl"), *([joined] if joined else [])]

    def _tell_origins(self) -> None:
        """Which weights are published, which are random: in the log and in the work folder."""
        table = initialization_table(origins_of(self.model, self.model.origins))
        if self.fabric.is_global_zero:
            logger.info("Initial weights:\n%s", table)
            self.work.mkdir(parents=True, exist_ok=True)
            (self.work / "initialization.txt").write_text(table + "\n")

    def _set_up(self) -> TrainState:
        params = self.params
        module = self.fabric.setup_module(self.model)
        optimizer = build_optimizer(module, params.optimizer)
        schedule = build_schedule(optimizer, params.optimizer, params.trainer.max_steps)
        state = TrainState(model=self.model, module=module, optimizer=optimizer, schedule=schedule)
        restore(self.fabric, state, resume_folder(self.work), sharded=params.shard)
        return state

    def train(self) -> Exported:
        """Train what is left, choose the weights, and see what they do without image or words."""
        train = self.labels.open("train", max_samples=self.params.train_max_samples)
        val = self._held_out()
        codes = self.labels.training_codes(train, self.fabric.device)
        majority = majority_codes(position_histogram(codes, self.params.codebook_size))
        latest: dict[str, float] = {}

        def check() -> dict[str, float]:
            batches = self._evaluation_batches(val)
            module, model = self.state.module, self.model
            latest.update(validate(self.fabric, module, model, batches, majority=majority))
            self.best.consider(latest)
            return dict(latest)

        self._loop(check if val else None).run(self._training_loader(train))
        if val and not latest:
            check()
        chosen = self.best.put_into_model(latest)
        return self._with_ablations(chosen, val) if val else chosen

    def _held_out(self) -> Any:
        """The pairs to validate on; None where the shard set holds nothing out."""
        count = self.params.trainer.val_max_samples
        return self.labels.open("val", max_samples=count) if holds_out(self.shards) else None

    def _loop(self, check: Callable[[], dict[str, float]] | None) -> Loop:
        return Loop(
            fabric=self.fabric,
            params=self.params,
            state=self.state,
            resume=resume_folder(self.work),
            log=self._log,
            validate=check,
            prepare=self._prepare,
        )

    def _with_ablations(self, chosen: Exported, val: Any) -> Exported:
        kinds = ablations(val.table.texts["instruction"].values)
        loader = self._evaluation_batches(val)
        found = ablate(self.fabric, self.state.module, self.model, loader, kinds)
        metrics = chosen.metrics | found
        self._log(metrics, self.state.step)
        return replace(chosen, metrics=metrics)

    def finish(self, exported: Exported) -> dict[str, Any]:
        """Consolidate the weights (collective) and save them from rank zero."""
        weights = full_weights(self.fabric, self.state, sharded=self.params.shard)
        folder = self.work / "model"
        digest = self._save(folder, weights) if self.fabric.is_global_zero else ""
        self.fabric.barrier()
        inputs = {"shards": self.shards.digest, **self.labels.inputs}
        return record_of(
            folder, digest, inputs=inputs, pair_spec=self.labels.pair_spec, exported=exported
        )

    def _save(self, folder: Path, weights: dict[str, Tensor]) -> str:
        model = fresh_model(self.shards, self.params)
        adapt(model, self.params)
        model.load_state_dict(weights)
        if self.params.lora:
            merge_lora(model)
        digest = save_foundation(folder, model, self.params.model())
        keep_history(self.work, folder)
        return digest

    def _prepare(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        return self.labels.prepare(batch, self.fabric.device)

    def _training_loader(self, dataset: Any) -> Any:
        trainer, accumulate = self.params.trainer, self.params.accumulate
        return training_loader(
            dataset,
            batch_size=trainer.batch_size,
            seed=trainer.seed,
            max_steps=trainer.max_steps * accumulate,
            start_step=self.state.step * accumulate,
            rank=self.fabric.global_rank,
            world_size=self.fabric.world_size,
            num_workers=trainer.num_workers,
        )

    def _evaluation_batches(self, dataset: Any) -> Iterator[dict[str, Any]]:
        loader = evaluation_loader(
            dataset,
            batch_size=self.params.trainer.batch_size,
            rank=self.fabric.global_rank,
            world_size=self.fabric.world_size,
        )
        return map(self._prepare, loader)

    def _log(self, metrics: dict[str, float], step: int) -> None:
        for logger in self.loggers:
            logger.log_metrics(metrics, step)
