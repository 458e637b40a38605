"""What finetuning minimises: the head's loss, and the codes' loss where wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from lapa.batches import LatentBatch, RobotBatch
from lapa.data.loading.robot import NO_LABEL
from lapa.models.policy.policy import Policy
from lapa.training.policy.encoded import EncodedBatch, TrunkBatch

PolicyBatch = RobotBatch | EncodedBatch | TrunkBatch


class PolicyOutput(NamedTuple):
    """What one pass gives; a named tuple, as `lapa.models.foundation.interface.LatentLoss`."""

    loss: Tensor
    """Scalar: on the actions; in training plus the weighted ``latent_loss``."""
    latent_loss: Tensor | None
    """Scalar, on the codes; None in evaluation, and where they are not learnt."""
    predicted: Tensor | None
    """Actions ``float32 (batch, time, action_dim)``; None in training."""


class PolicyObjective(nn.Module):
    """A `Policy` whose ``forward`` is the training step, so that wrappers (DDP, FSDP2) see it."""

    def __init__(self, *, policy: Policy, joint_latent_weight: float) -> None:
        super().__init__()
        self.policy = policy
        self.joint_latent_weight = joint_latent_weight

    def train(self, mode: bool = True) -> Self:
        """Parts of the backbone in which nothing learns stay as they are at prediction: no dropout."""
        super().train(mode)
        for part in self.policy.backbone.children():
            part.train(mode and any(p.requires_grad for p in part.parameters()))
        return self

    def forward(self, batch: PolicyBatch) -> PolicyOutput:
        """Losses of a batch in training; loss and predicted actions in evaluation."""
        encoded, states = self._encoded(batch), batch.get("states")
        loss = self.policy.loss(encoded, batch["actions"], batch["action_mask"], states)
        if not self.training:
            return PolicyOutput(loss, None, self.policy.predict_from(encoded, states))
        if self.joint_latent_weight == 0 or "encoded" in batch or "trunk" in batch:
            return PolicyOutput(loss, None, None)
        latent = self._latent_loss(batch)
        return PolicyOutput(loss + self.joint_latent_weight * latent, latent, None)

    def repeated_layers(self) -> Sequence[nn.Module]:
        """Those of the backbone."""
        return self.policy.backbone.repeated_layers()

    def exact_parts(self) -> Sequence[nn.Module]:
        """Head and state: small, in physical units, and between them and the loss lies no large layer."""
        state_input = self.policy.state_input
        return (self.policy.head,) if state_input is None else (self.policy.head, state_input)

    def entered_by(self) -> Mapping[nn.Module, Sequence[str]]:
        """A head has no ``forward``."""
        return {self.policy.head: ("loss", "predict")}

    def _encoded(self, batch: PolicyBatch) -> Tensor:
        if "encoded" in batch:
            return batch["encoded"]
        if "trunk" in batch:
            return self.policy.backbone.features_of_trunk(batch["trunk"])
        return self.policy.encode_observation(batch["frames"], batch["instructions"])

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
