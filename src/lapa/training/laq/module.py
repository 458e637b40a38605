"""The quantiser under Lightning: losses in training and metrics in validation."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from lapa.batches import PairBatch
from lapa.distributed.ranks import rank, sum_over_processes, world_size
from lapa.models.laq import LaqOutput, LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.training.common.finite_losses import FiniteLosses
from lapa.training.common.optim import build_optimizer, build_schedule
from lapa.training.common.seeding import derived_seed
from lapa.training.laq.augmentation import augmented
from lapa.training.laq.metrics import PairMetrics
from lapa.training.laq.targets import PairResult, build_targets

_TRAIN_PAIRS = 64
"""Pairs of a training batch on which ``train/`` metrics are measured."""


class LaqModule(pl.LightningModule):
    """Wraps `LatentActionQuantizer` and its targets; bookkeeping is left to callbacks."""

    def __init__(self, *, model: LatentActionQuantizer, params: LaqParams) -> None:
        super().__init__()
        self.model = model
        self.targets = build_targets(params)
        self._params = params
        self._metrics: PairMetrics | None = None
        self._finite = FiniteLosses()

    def training_step(self, batch: PairBatch, batch_idx: int) -> dict[str, Tensor]:
        """Return the loss and the codes of the batch."""
        batch = augmented(batch, self._params, step=self.global_step)
        frames = to_frames(batch["frames"])
        output: LaqOutput = self.model(frames, noise=self._noise(len(frames)))
        losses = self._losses(PairResult(frames, output, batch), output)
        self._finite.add(losses["loss"], batch["sample_id"], step=self.global_step)
        if (self.global_step + 1) % self._params.trainer.log_every == 0:
            self._finite.require()
            self._log_train_metrics(frames[:_TRAIN_PAIRS], losses)
        return {"loss": losses["loss"], "codes": output.quantized.codes.detach()}

    def on_train_batch_end(self, *_: Any) -> None:
        """Free the gradients, or the next forward pass would hold them beside its activations."""
        self.zero_grad(set_to_none=True)

    def _noise(self, count: int) -> Tensor:
        """Noise of this rank's samples: rows of one draw for the whole global batch.

        So two processes see what one process with the doubled batch would see. Drawn where the model
        lies: no step waits for numbers of the CPU, and a GPU draws others.
        """
        config = self.model.config
        shape = (count * world_size(), config.code_seq_len, config.quant_dim)
        seed = derived_seed("substitution", self._params.trainer.seed, self.global_step)
        generator = torch.Generator(self.device).manual_seed(seed)
        drawn = torch.randn(shape, generator=generator, device=self.device)
        return drawn[rank() * count :][:count]

    def _losses(self, result: PairResult, output: LaqOutput) -> dict[str, Tensor]:
        losses = {f"loss_{name}": target(result) for name, target in self.targets.items()}
        auxiliary = output.quantized.auxiliary_loss
        total = auxiliary + sum(
            target.weight * losses[f"loss_{name}"] for name, target in self.targets.items()
        )
        return {**losses, "loss_auxiliary": auxiliary, "loss": total}

    @torch.no_grad()
    def _log_train_metrics(self, frames: Tensor, losses: dict[str, Tensor]) -> None:
        """Log the losses of the step and noise-free metrics, both over all processes."""
        self.model.eval()
        metrics = self._new_metrics()
        self._measure(frames, metrics)
        self.model.train()
        values = sum_over_processes(torch.stack([value.detach() for value in losses.values()]))
        means = dict(zip(losses, (values / world_size()).tolist(), strict=True))
        measured = metrics.compute() | means
        self.log_dict({f"train/{name}": value for name, value in measured.items()})

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep no weights behind a loss that is no number."""
        self._finite.require()

    def on_validation_epoch_start(self) -> None:
        """Start new sums, of weights that are worth it."""
        self._finite.require()
        self._metrics = self._new_metrics()
        self._loss_sums: dict[str, Tensor] = {}

    def validation_step(self, batch: PairBatch, batch_idx: int) -> None:
        """Add a batch to the sums; hard codes, no noise."""
        assert self._metrics is not None  # noqa: S101 - set by the hook above
        frames = to_frames(batch["frames"])
        output = self._measure(frames, self._metrics)
        for name, value in self._losses(PairResult(frames, output, batch), output).items():
            row = torch.stack([value.double() * len(frames), value.new_tensor(len(frames))])
            self._loss_sums[name] = self._loss_sums.get(name, torch.zeros_like(row)) + row

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of the whole set under ``val/``."""
        self.log_dict({f"val/{name}": value for name, value in self.validated().items()})

    def validated(self) -> dict[str, float]:
        """Metrics of the batches since `on_validation_epoch_start`, over all processes."""
        assert self._metrics is not None  # noqa: S101 - set by the hook above
        values = self._metrics.compute()
        for name, row in self._loss_sums.items():
            total, count = sum_over_processes(row)
            values[name] = float(total / count)
        return values

    def _new_metrics(self) -> PairMetrics:
        return PairMetrics(
            codebook_size=self.model.quantizer.codebook_size,
            code_seq_len=self.model.config.code_seq_len,
            device=self.device,
        )

    def _measure(self, frames: Tensor, metrics: PairMetrics) -> LaqOutput:
        """Add pairs to ``metrics``; the model must be in evaluation mode."""
        output: LaqOutput = self.model(frames)
        first, last = frames.unbind(dim=2)
        # half a batch away: a neighbour often belongs to the same motion
        shuffled = output.quantized.tokens.roll(max(1, len(frames) // 2), dims=0)
        metrics.update(
            first=first,
            last=last,
            reconstruction=output.reconstruction,
            shuffled=self.model.decode_vectors(first, shuffled),
            codes=output.quantized.codes,
        )
        return output

    def new_optimizer(self) -> Optimizer:
        """The configured optimiser; fused on a CPU, but for a model that keeps the original's arithmetic."""
        fused = self.device.type == "cpu" and not self.model.config.lapa_compat
        return build_optimizer(self, self._params.optimizer, fused=fused)

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: int | float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Clip as Lightning does, which refuses fused optimisers: they might unscale float16, and there is none."""
        if gradient_clip_val:
            groups = optimizer.param_groups
            clip_grad_norm_([p for group in groups for p in group["params"]], gradient_clip_val)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The configured optimiser, with a schedule per optimiser step."""
        optimizer = self.new_optimizer()
        schedule = build_schedule(optimizer, self._params.optimizer, self._params.trainer.max_steps)
        config: Any = {"scheduler": schedule, "interval": "step"}
        return {"optimizer": optimizer, "lr_scheduler": config}
