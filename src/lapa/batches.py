"""What a batch holds: the one typed definition of every training input.

Images stay ``uint8 [0, 255]`` channel-last until they reach the device;
`lapa.models.layers.pixels.to_float` turns them into ``float [0, 1]`` channel-first.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from torch import Tensor


class PairBatch(TypedDict):
    """Frame pairs for the latent action quantiser."""

    frames: Tensor
    """``uint8 (batch, 2, height, width, 3)``: frame t and frame t+H."""
    sample_id: Tensor
    """``int64 (batch,)``: position in the pair index, stable for a shard set and pair spec."""
    actions: NotRequired[Tensor]
    """``float32 (batch, action_dim)``: what was done over H (`lapa.data.statistics.action_motion`); only where
    asked for."""
    states: NotRequired[Tensor]
    """``float32 (batch, state_dim)``: state at t."""


class LatentBatch(TypedDict):
    """Observation, instruction and the latent action to predict."""

    frames: Tensor
    """``uint8 (batch, height, width, 3)``: frame t, never t+H."""
    instructions: list[str]
    """Length ``batch``."""
    latent_codes: Tensor
    """``int64 (batch, code)`` in ``[0, codebook_size)``."""
    sample_id: Tensor
    token_mask: NotRequired[Tensor]
    """``bool (batch,)``: samples that count for the loss of written tokens (`action_tokens`); all by default."""
    head_mask: NotRequired[Tensor]
    """``bool (batch,)``: samples that count for the loss of its extra head; all by default."""


class RobotBatch(TypedDict):
    """Observation, instruction and the real actions that follow."""

    frames: Tensor
    """``uint8 (batch, height, width, 3)``: frame t."""
    instructions: list[str]
    actions: Tensor
    """``float32 (batch, time, action_dim)`` in physical units."""
    action_mask: Tensor
    """``bool (batch, time)``: False beyond the end of the episode."""
    states: NotRequired[Tensor]
    """``float32 (batch, state_dim)``."""
    latent_codes: NotRequired[Tensor]
    """``int64 (batch, code)``, for joint finetuning."""
    sample_id: Tensor
