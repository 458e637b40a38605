"""Measure a quantiser while it trains, and repeat the original's replacement of codes exactly.

What a row of the curve holds: pooled PSNR gains over copying frame t (dB), use of the codes, and the
R² of a linear probe from one-hot codes to the true motion on whole held-out episodes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from pytorch_lightning.callbacks import Callback
from torch import Tensor, nn

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.evaluation.codes.probes import out_of_fold, r2_interval
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.original_replacement import replace_as_original
from lapa.models.laq.quantizers import Quantized
from lapa.models.laq.quantizers.nsvq import NSVQ
from lapa.models.layers.pixels import to_frames
from lapa.params.evaluation import ProbeParams
from lapa.records import PairSpec, ShardSet
from lapa.training.laq.metrics import PairMetrics
from lapa.training.laq.targets.flow import flow_percent

PROBE = ProbeParams()


class HeldOut:
    """The validation pairs of a shard set and the motion that a probe shall find.

    Args:
        shards: the clips.
        spec: what a pair is.
        flow: probe for the mean optical flow of the picture (percent of its side) instead of the
            recorded action over the horizon.
        max_drawn: pairs on which pictures are compared; codes are probed on all pairs.
    """

    def __init__(
        self, *, shards: ShardSet, spec: PairSpec, flow: bool, max_drawn: int = 512
    ) -> None:
        self.pairs = open_pairs(shards, "val", spec, with_actions=not flow)
        self.drawn = open_pairs(shards, "val", spec, max_samples=max_drawn)
        self.episodes = _episodes(self.pairs)
        self.names = ("flow_x", "flow_y") if flow else ("dx", "dy", "dz")
        self.motion = np.concatenate([_motion(b, flow) for b in self.batches()])[
            :, : len(self.names)
        ]

    def batches(self) -> Iterable[Any]:
        """All pairs, in fixed order."""
        return evaluation_loader(self.pairs, batch_size=128)

    def measure(self, model: LatentActionQuantizer) -> dict[str, Any]:
        """All figures of one model in evaluation mode."""
        return self._pictures(model) | self._probe(model)

    def _pictures(self, model: LatentActionQuantizer) -> dict[str, float]:
        metrics = PairMetrics(
            codebook_size=model.quantizer.codebook_size,
            code_seq_len=model.config.code_seq_len,
            device=torch.device("cpu"),
        )
        for batch in evaluation_loader(self.drawn, batch_size=32):
            frames = to_frames(batch["frames"])
            output = model(frames)
            first, last = frames.unbind(dim=2)
            # half a batch away: a neighbour often belongs to the same motion
            shuffled = output.quantized.tokens.roll(max(1, len(frames) // 2), dims=0)
            metrics.update(
                first=first,
                last=last,
                reconstruction=output.reconstruction,
                shuffled=model.decode_vectors(first, shuffled),
                codes=output.quantized.codes,
            )
        return metrics.compute()

    def _probe(self, model: LatentActionQuantizer) -> dict[str, Any]:
        features = np.concatenate(
            [_features(model, to_frames(b["frames"])).numpy() for b in self.batches()]
        )
        predicted = out_of_fold(
            features, self.motion, self.episodes, kind="linear", params=PROBE, seed=0
        )
        scores = {}
        for column, name in enumerate(self.names):
            r2 = r2_interval(
                self.motion[:, column],
                predicted[:, column],
                self.episodes,
                resamples=PROBE.resamples,
                seed=0,
            )
            scores[name] = [r2.value, r2.low, r2.high]
        return {"probe_r2": scores}


def _features(model: LatentActionQuantizer, frames: Tensor) -> Tensor:
    """One-hot codes ``(batch, code * K)``; without a quantiser, the continuous latent."""
    if not model.config.quantizer.has_codes:
        return model.delta(frames).float().flatten(1)
    size = model.quantizer.codebook_size
    return nn.functional.one_hot(model.codes(frames), size).flatten(1).float()


def _motion(batch: Any, flow: bool) -> NDArray[np.float64]:
    if not flow:
        return np.asarray(batch["actions"].numpy(), np.float64)
    side = batch["frames"].shape[3]
    mean: Tensor = flow_percent(batch["frames"], patch_size=side)[:, 0, 0]
    return np.asarray(mean.numpy(), np.float64)


def _episodes(pairs: PairDataset) -> NDArray[np.int64]:
    names = ["{dataset}/{episode_id}".format(**pairs.sample(index)) for index in range(len(pairs))]
    return np.unique(names, return_inverse=True)[1]


class Curve(Callback):
    """Measures at given optimiser steps; the time of measuring does not count as training."""

    def __init__(self, *, held_out: HeldOut, steps: Iterable[int]) -> None:
        self._held_out = held_out
        self._steps = frozenset(steps)
        self._measuring_s = 0.0
        self.rows: list[dict[str, Any]] = []

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Measure before the first step."""
        self._started = time.perf_counter()
        self._measure(trainer, pl_module)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: object
    ) -> None:
        """Measure when due."""
        self._measure(trainer, pl_module)

    @torch.no_grad()
    def _measure(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.global_step not in self._steps:
            return
        begun = time.perf_counter()
        train_s = begun - self._started - self._measuring_s
        pl_module.eval()
        with trainer.precision_plugin.forward_context():
            figures = self._held_out.measure(_model_of(pl_module))
        pl_module.train()
        self.rows.append(
            {"step": trainer.global_step, "train_s": round(train_s, 1)}
            | {name: _rounded(value) for name, value in figures.items()}
        )
        self._measuring_s += time.perf_counter() - begun


def _model_of(module: pl.LightningModule) -> LatentActionQuantizer:
    model = module.model
    assert isinstance(model, LatentActionQuantizer)
    return model


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: [round(number, 4) for number in row] for name, row in value.items()}
    return round(value, 4)


class OriginalReplacement(Callback):
    """Counts and replaces codes where, when and how the original does.

    A forward hook on the quantiser stands where the original acts: after quantising, before the
    decoder and the backward pass. It counts forward passes, not samples, divides by the batch size,
    and leaves Adam's moments alone.
    """

    def __init__(self) -> None:
        self.events: list[tuple[int, int]] = []
        """``(step, rows replaced)``."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Hook the quantiser."""
        quantizer = _model_of(pl_module).quantizer
        assert isinstance(quantizer, NSVQ)
        counts = torch.zeros(quantizer.codebook_size)

        def after_quantizing(module: nn.Module, _: object, quantized: Quantized) -> None:
            if not module.training:
                return
            counts.add_(quantized.codes.flatten().bincount(minlength=len(counts)) > 0)
            if original_step_replaces(trainer.global_step):
                new, replaced = replace_as_original(
                    quantizer.codebook.detach(), counts, num_batches=len(quantized.codes)
                )
                # through .data: the gradient of this pass was taken at the old rows
                quantizer.codebook.data.copy_(new)
                self.events.append((trainer.global_step, int(replaced.sum())))
                counts.zero_()

        quantizer.register_forward_hook(after_quantizing)


def original_step_replaces(step: int) -> bool:
    """Every 10 steps below 100, every 100 below 1000, every 500 below 5000."""
    return step > 0 and any(
        step < end and step % every == 0 for every, end in ((10, 100), (100, 1000), (500, 5000))
    )
