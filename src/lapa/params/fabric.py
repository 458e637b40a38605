"""Parameters of the stages that train large models: what adapts, what is saved in memory, what is sharded."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import Params, StageParams


class LoraParams(Params):
    """Low-rank adapters (PEFT) on linear layers; everything else of that module freezes."""

    rank: int = Field(default=16, gt=0)
    alpha: float = 32.0
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    inside: tuple[str, ...] = ("language",)
    """Top-level modules of the backbone that may get adapters."""
    target_modules: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")
    """Endings of the names of the linear layers that get an adapter."""


class FabricStageParams(StageParams):
    """What stages 2 and 3 have in common.

    ``trainer.batch_size`` is per process and micro-step: the effective batch is
    ``devices x nodes x batch_size x accumulate``.
    """

    accumulate: int = Field(default=1, gt=0)
    """Micro-batches per optimiser step; gradients synchronise at the last one only."""
    freeze: tuple[str, ...] = ()
    """Modules that do not train, by the beginning of their name (e.g. ``vision``)."""
    lora: LoraParams | None = None
    shard: bool = False
    """Shard parameters, gradients and optimiser state over the processes (FSDP2)."""
    activation_checkpointing: bool = False
    """Recompute decoder layers in the backward pass: less memory, about a third more time."""
    augmentation: AugmentationParams = AugmentationParams()
    """Changes of the training images; validation sees none. With any, stage 3 does not compute features
    once but at every step."""

    @model_validator(mode="after")
    def _optimizer_can_be_sharded(self) -> Self:
        if self.shard and self.optimizer.kind == "adafactor":
            raise ValueError(
                "shard: true with optimizer.kind adafactor: its sums over rows and columns are not "
                "defined on shards; use adamw, or shard: false"
            )
        return self
