"""Everything that acts on the training of a quantiser from outside, in the order in which it acts."""

from __future__ import annotations

from pathlib import Path

from pytorch_lightning.callbacks import Callback

from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.stage import LaqParams
from lapa.training.laq.augmentation import augmented_from_start
from lapa.training.laq.averaging import AveragedWeights
from lapa.training.laq.code_replacement import CodeReplacement
from lapa.training.laq.codebook_start import CodebookStart
from lapa.training.laq.collapse_gate import CollapseGate
from lapa.training.laq.loaders import LaqLoaders
from lapa.training.laq.original_code_replacement import OriginalCodeReplacement
from lapa.training.laq.reconstruction_grid import ReconstructionGrid
from lapa.training.laq.show_progress import ShowProgress
from lapa.training.laq.throughput import Throughput

SHOWN = {
    "train/psnr_gain_over_copy": "gain over copying frame t {:.2f} dB",
    "val/psnr_gain_over_copy": "held out {:.2f} dB",
}
"""Metrics beside the progress bar, and how to say them."""


def build_callbacks(
    params: LaqParams, loaders: LaqLoaders, model: LatentActionQuantizer, work: Path
) -> list[Callback]:
    """The callbacks that these parameters ask for."""
    trainer = params.trainer
    callbacks: list[Callback] = [
        ShowProgress(stage="laq", formats=SHOWN),
        _codebook_start(params, loaders),
        Throughput(every=trainer.log_every, batch_size=trainer.batch_size),
        CollapseGate(params=params.collapse_gate, codebook_size=model.quantizer.codebook_size),
    ]
    if model.quantizer.has_settable_codebook:
        callbacks.append(_code_replacement(params, model))
    if params.pictures and len(loaders.val_pairs):
        callbacks.append(_reconstruction_grid(params, loaders, work))
    if params.ema.decay:  # last, so that the pictures before it are drawn by the average
        callbacks.append(AveragedWeights(**params.ema.model_dump()))
    return callbacks


def _codebook_start(params: LaqParams, loaders: LaqLoaders) -> CodebookStart:
    count = params.codebook.initial_batches
    return CodebookStart(
        batches=lambda: augmented_from_start(loaders.first(count), params),
        seed=params.trainer.seed,
        few=params.train_max_samples is not None,
    )


def _code_replacement(
    params: LaqParams, model: LatentActionQuantizer
) -> CodeReplacement | OriginalCodeReplacement:
    trainer, size = params.trainer, model.quantizer.codebook_size
    if params.codebook.replacement == "original":
        return OriginalCodeReplacement(
            codebook_size=size, batch_size=trainer.batch_size, seed=trainer.seed
        )
    return CodeReplacement(
        params=params.codebook, codebook_size=size, max_steps=trainer.max_steps, seed=trainer.seed
    )


def _reconstruction_grid(params: LaqParams, loaders: LaqLoaders, work: Path) -> ReconstructionGrid:
    return ReconstructionGrid(
        pairs=loaders.val_pairs,
        count=params.pictures,
        folder=work / "plots",
        seed=params.trainer.seed,
    )
