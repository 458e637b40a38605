"""Train a quantiser on a shard set, from its parameters to the checkpoint's record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from lapa.distributed.device import device_for
from lapa.models.laq import LatentActionQuantizer
from lapa.models.storage import save_model
from lapa.params.laq.stage import LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.checkpoints import readable
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.levels import Levels
from lapa.training.common.milestones import Milestones
from lapa.training.common.precision import with_precision
from lapa.training.common.precision_trial import Trial
from lapa.training.common.seeding import seed_globally
from lapa.training.common.selection import Criterion, Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.laq.callbacks import build_callbacks
from lapa.training.laq.keep_best import KeepBest
from lapa.training.laq.loaders import LaqLoaders, open_loaders
from lapa.training.laq.module import LaqModule
from lapa.training.laq.resume_point import ResumableLoader
from lapa.training.laq.train_eval import with_train_eval
from lapa.training.laq.trainer import build_trainer

Describe = Callable[[LatentActionQuantizer, Exported, StageWork], Checkpoint]
"""Writes a quantiser into a work folder and describes it."""


def fit(
    *,
    shards: ShardSet,
    pair_spec: PairSpec,
    params: LaqParams,
    work: Path,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Train (or continue training); called on every rank.

    Args:
        shards: the clips.
        pair_spec: what a pair is.
        params: quantiser, targets, length of the training.
        work: scratch folder; holds ``resume/``, ``plots/``, ``metrics.jsonl``, ``model/``.
        run: MLflow run to log into.

    Raises:
        ValueError: the model takes another image size than the shard set holds.
        FloatingPointError: a loss is no number.
        CodebookCollapseError: too few codes were in use for too long.
    """
    start_process(params.trainer)
    loaders = open_loaders(shards, pair_spec, params)
    describe = partial(save, shards=shards, pair_spec=pair_spec, data=loaders.data)
    model, exported = train(params, loaders, work=work, run=run, describe=describe)
    return describe(model, exported, StageWork(stage="laq", folder=work))


def train(
    params: LaqParams,
    loaders: LaqLoaders,
    *,
    work: Path,
    run: JoinedRun | None = None,
    describe: Describe | None = None,
) -> tuple[LatentActionQuantizer, Exported]:
    """Train on given loaders; return the model (its average, if one is kept) and what it is.

    An interrupted training in the same ``work`` continues where its last resume file was written
    and ends with the same weights, bit for bit on the same machine. Milestones need ``describe``.
    """
    own, device = (
        StageWork(stage="laq", folder=work, run=run),
        device_for(params.trainer.accelerator),
    )
    params = with_precision(params, own, device, partial(_trial, params, loaders, device))
    module = LaqModule(model=build_model(params), params=params)
    if params.compile:
        module.model.compile()
    levels = Levels("laq", work, params.trainer)
    milestones = None
    if levels.milestones and describe:
        write = partial(describe, module.model)
        milestones = Milestones(levels.milestones, "laq", write, work=work)
    keep_best = KeepBest(
        stage="laq",
        criterion=criterion(params),
        model=module.model,
        work=work,
        milestones=milestones,
    )
    trainer = build_trainer(
        params.trainer,
        work=own,
        callbacks=[keep_best, *build_callbacks(params, loaders, module.model, work)],
        milestones=milestones,
        clip_norm=params.optimizer.clip_norm,
    )
    batches = ResumableLoader(loaders.train, total=params.trainer.max_steps)
    val = loaders.val if len(loaders.val_pairs) else None
    newest = levels.newest(readable)
    trainer.fit(module, batches, val, ckpt_path=newest and newest[0], weights_only=True)
    exported = keep_best.finish(trainer, module, val)
    return module.model, with_train_eval(exported, trainer, module, loaders)


def _trial(params: LaqParams, loaders: LaqLoaders, device: torch.device) -> Trial:
    """A quantiser at step 0 and its loss on the first batch, without metrics beside it."""
    never = params.trainer.model_copy(update={"log_every": params.trainer.max_steps + 1})
    silent = params.model_copy(update={"trainer": never})
    module = LaqModule(model=build_model(params), params=silent).to(device)
    (first,) = loaders.first(1)
    batch = module.transfer_batch_to_device(first, device, 0)
    return Trial(module, lambda: module.training_step(batch, 0)["loss"])


def criterion(params: LaqParams) -> Criterion | None:
    """What the best quantiser is best by; None where the last step is asked for.

    The gain over copying frame t is what the codes add to the picture. Without pixels among the
    targets nobody draws that picture, and the held-out loss is what is left.
    """
    if params.trainer.select == "last":
        return None
    if not params.targets.pixels.weight:
        return Criterion(metric="val/loss")
    return Criterion(metric="val/psnr_gain_over_copy", larger_is_better=True)


def build_model(params: LaqParams) -> LatentActionQuantizer:
    """Build the quantiser with weights that depend on the seed alone."""
    seed_globally("model", params.trainer.seed)
    return LatentActionQuantizer(params.model)


def save(
    model: LatentActionQuantizer,
    exported: Exported,
    work: StageWork,
    *,
    shards: ShardSet,
    pair_spec: PairSpec,
    data: DataFacts,
) -> Checkpoint:
    """Write the weights and describe them."""
    return work.save(
        partial(save_model, module=model, config=model.config),
        exported=exported,
        inputs={"shards": shards.digest},
        pair_spec=pair_spec,
        data=data,
    )
