"""A policy: backbone + head + the action statistics it was trained with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lapa.models.foundation.interface import LatentPolicy
from lapa.models.policy.frames import as_stored
from lapa.models.policy.given import require_pictures, require_states
from lapa.models.policy.heads import ActionHead
from lapa.models.policy.state_input import StateInput
from lapa.records import ActionStats, FrameCodec


class Policy(nn.Module):
    """Images and instructions to chunks of actions in physical units.

    `encode_observation` is the costly half (the backbone); with a frozen trunk its result can be kept.
    """

    def __init__(
        self,
        *,
        backbone: LatentPolicy,
        head: ActionHead,
        stats: ActionStats,
        frame_codec: FrameCodec,
        state_input: StateInput | None = None,
        action_query: nn.Parameter | None = None,
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.stats = stats
        self.frame_codec = frame_codec
        self.state_input = state_input
        self.action_query = action_query

    @property
    def chunk(self) -> int:
        """Actions per prediction."""
        return self.head.chunk

    def encode_observation(self, images: Tensor, instructions: list[str]) -> Tensor:
        """What the backbone makes of ``uint8 (batch, height, width, 3)``, pictures as in the shards.

        Returns:
            Features ``float (batch, feature_dim)``, or codes ``int64 (batch, code)`` for a head
            that reads codes.
        """
        if self.head.reads == "codes":
            return self.backbone.predict_codes(images, instructions)
        if self.action_query is not None:
            return self.backbone.features_of_query(self.action_query, images, instructions)
        return self.backbone.features(images, instructions)

    def condition(self, encoded: Tensor, states: Tensor | None) -> Tensor:
        """Add the state ``float (batch, state_dim)`` where this policy uses it.

        Raises:
            ValueError: the policy was trained with states and got none.
        """
        if encoded.is_floating_point():
            encoded = encoded.float()  # a head computes exactly, whatever the backbone's precision
        if self.state_input is None:
            return encoded
        if states is None:
            raise ValueError(
                "this policy was finetuned with use_state: true and got states=None; pass the "
                f"state as float (batch, {self.state_input.mean.shape[0]})"
            )
        changed: Tensor = encoded + self.state_input(states)
        return changed

    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor, states: Tensor | None) -> Tensor:
        """The head's training loss; arguments as in `ActionHead.loss`."""
        return self.head.loss(self.condition(encoded, states), actions, mask)

    def predict_from(
        self,
        encoded: Tensor,
        states: Tensor | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Actions for what `encode_observation` returned: ``float32 (batch, time, action_dim)``."""
        actions = self.head.predict(self.condition(encoded, states), generator)
        return self.head.codec.clip(actions.float())

    @torch.no_grad()
    def predict(
        self,
        images: Tensor,
        instructions: list[str],
        states: Tensor | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Predict action chunks.

        Args:
            images: ``uint8 (batch, height, width, 3)``, RGB, of any size: they are made square and
                compressed as the training pictures were (`frame_codec`); those of that size count as
                such pictures and stay as they are.
            instructions: one per image.
            states: ``float (batch, state_dim)``; only for a policy finetuned with states.
            generator: draws from the head's distribution; None (the default) is deterministic.

        Returns:
            ``float32 (batch, time, action_dim)``, physical units, inside the labelled range.

        Raises:
            ValueError: images are not ``uint8 (batch, height, width, 3)``, states not one finite row for each,
                or counts differ.
        """
        require_pictures(images, instructions)
        if self.state_input is not None and states is not None:
            width = self.state_input.mean.shape[0]
            states = require_states(states, count=len(images), width=width)
        pictures = as_stored(images, self.frame_codec)
        return self.predict_from(self.encode_observation(pictures, instructions), states, generator)
