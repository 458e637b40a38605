"""Begin with a codebook that lies where the encoded pairs lie, so that most codes win from step 0.

The original starts with codes of norm about 5 and deltas of norm about 0.6: the substituted noise
swamps the signal and one code takes everything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from lapa.batches import PairBatch
from lapa.distributed.ranks import broadcast_from_zero, gather_from_all
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.training.common.seeding import generator_of

logger = logging.getLogger(__name__)

_ENOUGH_VECTORS = 4096
"""Distance computations stay small; more vectors change the picks little."""

Batches = Callable[[], Iterable[PairBatch]]


class CodebookStart(Callback):
    """Before step 0: calibrate the delta's statistics and, if configured, set the codebook."""

    def __init__(self, *, batches: Batches, seed: int, few: bool = False) -> None:
        self._batches = batches
        self._seed = seed
        self._few = few

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Act on a fresh start only; a resumed training has its codebook."""
        if trainer.global_step:
            return
        model = pl_module.model
        assert isinstance(model, LatentActionQuantizer)  # noqa: S101 - this callback is for LAQ
        used = start_codebook(model, self._batches(), seed=self._seed, few=self._few)
        for tensor in (*model.parameters(), *model.buffers()):
            broadcast_from_zero(tensor.data)
        logger.info(
            "laq: before training, %d of the %d codes are the nearest one to some training pair; a "
            "code that is nearest to none would never be used",
            *(used, model.quantizer.codebook_size),
        )
        for log in trainer.loggers:
            log.log_metrics({"train/initial_codes": float(used)}, step=0)


@torch.no_grad()
def start_codebook(
    model: LatentActionQuantizer, batches: Iterable[PairBatch], *, seed: int, few: bool = False
) -> int:
    """Calibrate ``model`` on ``batches`` and return how many codes win on them.

    The statistics of the delta become the mean over the batches. With ``codebook_init: data`` the
    rows become vectors of the batches, chosen far apart; quantisers without rows keep what they have.
    Where training was limited to ``few`` samples, there may be fewer vectors than rows: the rest lie
    around them.
    """
    device = next(model.parameters()).device
    pairs = [to_frames(batch["frames"].to(device)) for batch in batches]
    _calibrate(model, pairs)
    with _evaluating(model):
        vectors = torch.cat([gather_from_all(model.delta(frames)) for frames in pairs])
        if model.config.codebook_init == "data" and model.quantizer.has_settable_codebook:
            size = model.quantizer.codebook_size
            generator, flat = generator_of("codebook", seed), vectors.flatten(0, 1)
            flat = _with_neighbors(flat, size, generator) if few else flat
            rows = spread_picks(flat, size, generator)
            model.quantizer.set_codebook(rows.to(device))
        return len(model.quantizer.vectors_to_indices(vectors).flatten().bincount().nonzero())


def _calibrate(model: LatentActionQuantizer, pairs: list[Tensor]) -> None:
    """Replace the running statistics by their mean over the batches."""
    if model.delta_norm is None:
        return
    momentum = model.delta_norm.momentum
    for index, frames in enumerate(pairs):
        model.delta_norm.momentum = 1 / (index + 1)
        model.train()
        model.delta(frames)
    model.delta_norm.momentum = momentum


@contextmanager
def _evaluating(model: LatentActionQuantizer) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


def _with_neighbors(vectors: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Add random vectors about the mean where there are fewer than ``count`` distinct ones.

    They are as far from it as the vectors are on average, or 1 where these are all the same.
    """
    distinct: Tensor = torch.unique(vectors.float().cpu(), dim=0)
    missing = count - len(distinct)
    if missing <= 0:
        return vectors
    mean = distinct.mean(dim=0)
    spread = float((distinct - mean).square().mean().sqrt()) or 1.0
    drawn = torch.randn((missing, len(mean)), generator=generator)
    return torch.cat([distinct, mean + spread * drawn])


def spread_picks(vectors: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Pick ``count`` of ``vectors`` far from each other (k-means++ seeding).

    Each pick is drawn with a probability proportional to the squared distance to the picks so
    far (Arthur and Vassilvitskii 2007): distinct vectors are preferred, outliers are not certain.

    Args:
        vectors: ``float (vector, quant_dim)``.
        count: how many.
        generator: CPU generator.

    Returns:
        ``float (count, quant_dim)``.

    Raises:
        ValueError: fewer than ``count`` distinct vectors.
    """
    distinct: Tensor = torch.unique(vectors.float().cpu(), dim=0)
    if len(distinct) < count:
        raise ValueError(
            f"{len(distinct)} distinct vectors were encoded, expected at least {count}; "
            f"raise `codebook.initial_batches` or check that the pairs move"
        )
    pool = distinct[torch.randperm(len(distinct), generator=generator)[:_ENOUGH_VECTORS]]
    picks = pool[:1]
    while len(picks) < count:
        distance = torch.cdist(pool, picks).amin(dim=1).square()
        chosen = torch.multinomial(distance.double(), 1, generator=generator)
        picks = torch.cat([picks, pool[chosen]])
    return picks
