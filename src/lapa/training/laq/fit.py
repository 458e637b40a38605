"""Train a quantiser on a shard set, from its parameters to the checkpoint's record."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from pytorch_lightning.callbacks import Callback

import lapa
from lapa.distributed.ranks import join_process_group, rank
from lapa.models.laq import LatentActionQuantizer
from lapa.models.storage import save_model
from lapa.params.laq.stage import LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.averaging import AveragedWeights
from lapa.training.common.history import keep_history
from lapa.training.common.keep_best import KeepBest
from lapa.training.common.precision_advice import advise_precision
from lapa.training.common.resume import ResumableLoader, resume_file
from lapa.training.common.seeding import seed_globally
from lapa.training.common.selection import Criterion, Exported
from lapa.training.common.show_progress import ShowProgress
from lapa.training.common.throughput import Throughput
from lapa.training.common.tracking import JoinedRun
from lapa.training.common.trainer import build_trainer
from lapa.training.laq.augmentation import augmented_from_start
from lapa.training.laq.code_replacement import CodeReplacement
from lapa.training.laq.codebook_start import CodebookStart
from lapa.training.laq.collapse_gate import CollapseGate
from lapa.training.laq.loaders import LaqLoaders, open_loaders
from lapa.training.laq.module import LaqModule
from lapa.training.laq.reconstruction_grid import ReconstructionGrid

logger = logging.getLogger(__name__)


def fit(
    *,
    shards: dict[str, Any],
    pair_spec: dict[str, Any],
    params: dict[str, Any],
    work: str,
    run: JoinedRun | None = None,
) -> dict[str, Any]:
    """Train (or continue training) and return the `Checkpoint` as a dict; called on every rank.

    Args:
        shards: dump of the `ShardSet`.
        pair_spec: dump of the `PairSpec`.
        params: dump of `LaqParams`.
        work: scratch folder; holds ``resume/``, ``figures/``, ``metrics.jsonl``, ``checkpoint/``.
        run: MLflow run to log into.
    """
    shard_set, spec = ShardSet.model_validate(shards), PairSpec.model_validate(pair_spec)
    laq = LaqParams.model_validate(params)
    join_process_group(laq.trainer.accelerator)
    model, exported = train(laq, open_loaders(shard_set, spec, laq), work=Path(work), run=run)
    return save(model, Path(work), shard_set=shard_set, spec=spec, exported=exported)


def train(
    params: LaqParams, loaders: LaqLoaders, *, work: Path, run: JoinedRun | None = None
) -> tuple[LatentActionQuantizer, Exported]:
    """Train on given loaders; return the model (its average, if one is kept) and what it is.

    An interrupted training in the same ``work`` continues where its last resume file was written
    and ends with the same weights, bit for bit on the same machine.
    """
    module = LaqModule(model=build_model(params), params=params)
    if params.compile:
        module.model.compile()
    keep_best = KeepBest(stage="laq", criterion=criterion(params), model=module.model, work=work)
    trainer = build_trainer(
        params.trainer,
        work=work,
        run=run,
        callbacks=[keep_best, *build_callbacks(params, loaders, module.model, work)],
        clip_norm=params.optimizer.clip_norm,
        profile=params.profile,
        find_unused_parameters=params.model.lapa_compat,
    )
    if trainer.is_global_zero:
        advise_precision(params.trainer.precision, trainer.strategy.root_device)
    batches = ResumableLoader(loaders.train, total=params.trainer.max_steps)
    val = loaders.val if len(loaders.val_pairs) else None
    trainer.fit(module, batches, val, ckpt_path=resume_file(work), weights_only=True)
    return module.model, keep_best.finish(trainer, module, val)


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


def build_callbacks(
    params: LaqParams, loaders: LaqLoaders, model: LatentActionQuantizer, work: Path
) -> list[Callback]:
    """Everything that acts on training from outside, in the order in which it acts."""
    trainer, size = params.trainer, model.quantizer.codebook_size
    callbacks: list[Callback] = [
        ShowProgress(
            stage="laq",
            figures={
                "train/psnr_gain_over_copy": "gain over copying frame t {:.2f} dB",
                "val/psnr_gain_over_copy": "held out {:.2f} dB",
            },
        ),
        CodebookStart(
            batches=lambda: augmented_from_start(
                loaders.first(params.codebook.initial_batches), params
            ),
            seed=trainer.seed,
        ),
        Throughput(every=trainer.log_every, batch_size=trainer.batch_size),
        CollapseGate(params=params.collapse_gate, codebook_size=size),
    ]
    if model.quantizer.has_settable_codebook:
        callbacks.append(
            CodeReplacement(
                params=params.codebook,
                codebook_size=size,
                max_steps=trainer.max_steps,
                seed=trainer.seed,
            )
        )
    if params.pictures and len(loaders.val_pairs):
        callbacks.append(
            ReconstructionGrid(
                pairs=loaders.val_pairs,
                count=params.pictures,
                folder=work / "figures",
                seed=trainer.seed,
            )
        )
    if params.ema.decay:  # last, so that the pictures before it are drawn by the average
        callbacks.append(AveragedWeights(**params.ema.model_dump()))
    return callbacks


def save(
    model: LatentActionQuantizer,
    work: Path,
    *,
    shard_set: ShardSet,
    spec: PairSpec,
    exported: Exported,
) -> dict[str, Any]:
    """Write the weights into ``work/checkpoint`` and describe them.

    Rank zero writes; the record of any other rank has no digest and is not used.
    """
    folder, digest = work / "checkpoint", ""
    if rank() == 0:
        digest = save_model(folder, model, model.config)
        keep_history(work, folder)
    record = Checkpoint(
        path=str(folder),
        kind="laq",
        digest=digest,
        inputs={"shards": shard_set.digest},
        pair_spec=spec,
        code_version=lapa.__version__,
        **exported.facts(),
    )
    return record.model_dump(mode="json")
