"""Lightning module of finetuning: the head's loss, the codes' loss where wanted, validation."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor

from lapa.batches import LatentBatch, RobotBatch
from lapa.data.loading.robot import NO_LABEL
from lapa.metrics.action_error import ActionError
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.training.common.augment_images import augment_images
from lapa.training.common.optim import build_optimizer, build_schedule
from lapa.training.policy.encoded import EncodedBatch

PolicyBatch = RobotBatch | EncodedBatch


class PolicyModule(pl.LightningModule):
    """Trains a `Policy`, also where what the backbone says was computed before."""

    def __init__(
        self, *, policy: Policy, params: FinetuneParams, max_steps: int, backbone_learns: bool
    ) -> None:
        super().__init__()
        self.policy = policy
        self.params = params
        self.max_steps = max_steps
        self.backbone_learns = backbone_learns
        self._error = ActionError(codec=policy.head.codec)

    def on_train_batch_start(self, batch: PolicyBatch, batch_idx: int) -> None:
        """A frozen backbone stays as it is at prediction: no dropout."""
        self.policy.train()
        if not self.backbone_learns:
            self.policy.backbone.eval()

    def training_step(self, batch: PolicyBatch, batch_idx: int) -> Tensor:
        """Loss of one batch."""
        losses = self.losses(batch)
        self._require_finite(losses["loss"], batch)
        for name, value in losses.items():
            self.log(f"train/{name}", value.detach(), batch_size=len(batch["actions"]))
        return losses["loss"]

    def _require_finite(self, loss: Tensor, batch: PolicyBatch) -> None:
        """Stop before the optimiser step: clipping does not keep NaN out of the weights."""
        if not torch.isfinite(loss):
            raise FloatingPointError(
                f"loss is {loss.item()} at step {self.global_step}, expected a finite number; the "
                f"samples are {batch['sample_id'].tolist()}. Look at them or lower "
                "`optimizer.learning_rate`"
            )

    def losses(self, batch: PolicyBatch) -> dict[str, Tensor]:
        """``loss``: on the actions, plus the weighted ``latent_loss`` on the codes where wanted."""
        if "encoded" in batch:  # there are no images to change, and nothing of the backbone learns
            return {"loss": self._action_loss(batch)}
        batch = self._augmented(batch)
        loss = self._action_loss(batch)
        if self.params.joint_latent_weight == 0:
            return {"loss": loss}
        latent = self._latent_loss(batch)
        total = loss + self.params.joint_latent_weight * latent
        return {"loss": total, "latent_loss": latent}

    def _latent_loss(self, batch: RobotBatch) -> Tensor:
        """Loss of the codes of the frames that have one; 0 where a batch holds tail frames alone."""
        codes = batch["latent_codes"]
        labeled = (codes != NO_LABEL).all(dim=1)
        if not labeled.any():
            # every parameter stays in the graph, because DDP waits for the gradient of each
            return 0 * self._loss_of_codes(batch, torch.zeros_like(codes), ~labeled)
        return self._loss_of_codes(batch, codes, labeled)

    def _loss_of_codes(self, batch: RobotBatch, codes: Tensor, rows: Tensor) -> Tensor:
        """The backbone's loss on ``codes (batch, code)`` of those samples where ``rows (batch,)``."""
        texts = [t for t, keep in zip(batch["instructions"], rows.tolist(), strict=True) if keep]
        chosen: LatentBatch = {
            "frames": batch["frames"][rows],
            "instructions": texts,
            "latent_codes": codes[rows],
            "sample_id": batch["sample_id"][rows],
        }
        return self.policy.backbone.loss(chosen).loss

    def _action_loss(self, batch: PolicyBatch) -> Tensor:
        output, states = self._encoded(batch), batch.get("states")
        return self.policy.loss(output, batch["actions"], batch["action_mask"], states)

    def _encoded(self, batch: PolicyBatch) -> Tensor:
        if "encoded" in batch:
            return batch["encoded"]
        return self.policy.encode_observation(batch["frames"], batch["instructions"])

    def _augmented(self, batch: RobotBatch) -> RobotBatch:
        """Change the images of a training batch, for actions and codes alike."""
        if not (self.training and self.params.augmentation.is_on):
            return batch
        images = augment_images(
            batch["frames"],
            self.params.augmentation,
            seed=self.params.trainer.seed,
            step=self.global_step,
            sample_id=batch["sample_id"],
        )
        return {**batch, "frames": images}

    def on_validation_epoch_start(self) -> None:
        """Start counting errors."""
        self._error = ActionError(codec=self.policy.head.codec)

    def validation_step(self, batch: RobotBatch, batch_idx: int) -> None:
        """Count the errors of one batch."""
        predicted = self.policy.predict_from(self._encoded(batch), batch.get("states"))
        self._error.update(predicted, batch["actions"], batch["action_mask"])
        self.log(
            "val/loss", self._action_loss(batch), batch_size=len(batch["actions"]), sync_dist=True
        )

    def on_validation_epoch_end(self) -> None:
        """Log the error per dimension, in both units."""
        names = [d.name for d in self.policy.stats.dimensions]
        errors = self._error.compute(names)
        self.log_dict({f"val/{name}": value for name, value in errors.items()}, sync_dist=True)

    def configure_optimizers(self) -> Any:
        """The configured optimiser; warm-up and cosine, one call per optimiser step."""
        optimizer = build_optimizer(self, self.params.optimizer)
        schedule = build_schedule(optimizer, self.params.optimizer, self.max_steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }
