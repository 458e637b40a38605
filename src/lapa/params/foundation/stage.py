"""Parameters of the foundation stage: which network learns the latent actions, and how."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, Params, StageParams, TrainerParams
from lapa.params.foundation.backend import ChosenBackend
from lapa.params.foundation.model import FoundationModelParams


class LoraParams(Params):
    """Low-rank adapters (PEFT) on linear layers; everything else of that module freezes."""

    rank: int = Field(default=16, gt=0)
    alpha: float = 32.0
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    inside: tuple[str, ...] = ("language",)
    """Top-level modules that may get adapters."""
    target_modules: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")
    """Endings of the names of the linear layers that get an adapter."""


class FoundationParams(StageParams):
    """Stage 2: learn to predict latent actions from frame t and an instruction."""

    backend: ChosenBackend
    code_seq_len: int = Field(default=4, gt=0)
    """S; must equal the label set's."""
    codebook_size: int = Field(default=8, gt=1)
    """K; must equal the label set's."""
    trainer: TrainerParams
    """``batch_size`` is per process and micro-step: the effective batch is
    ``devices x nodes x batch_size x accumulate``."""
    optimizer: OptimizerParams = OptimizerParams()
    accumulate: int = Field(default=1, gt=0)
    """Micro-batches per optimiser step; gradients synchronise at the last one only."""
    freeze: tuple[str, ...] = ()
    """Modules that do not train, by the beginning of their name (e.g. ``vision``)."""
    lora: LoraParams | None = None
    online_labels: bool = False
    """Compute codes by the frozen quantiser while training, instead of reading a label set."""
    shard: bool = False
    """Shard parameters, gradients and optimiser state over the processes (FSDP2)."""
    activation_checkpointing: bool = False
    """Recompute decoder layers in the backward pass: less memory, about a third more time."""
    augmentation: AugmentationParams = AugmentationParams()
    """Changes of the training images; validation sees none."""

    @model_validator(mode="after")
    def _codes_keep_their_side(self) -> Self:
        if self.augmentation.flip:
            raise ValueError(
                f"foundation.augmentation.flip is {self.augmentation.flip}, expected 0: the codes of a "
                "mirrored image are not known, and instructions name sides"
            )
        return self

    @model_validator(mode="after")
    def _optimizer_can_be_sharded(self) -> Self:
        if self.shard and self.optimizer.kind == "adafactor":
            raise ValueError(
                "shard: true with optimizer.kind adafactor: its sums over rows and columns are not "
                "defined on shards; use adamw, or shard: false"
            )
        return self

    def model(self) -> FoundationModelParams:
        """The part that describes the model alone."""
        return FoundationModelParams(
            code_seq_len=self.code_seq_len, codebook_size=self.codebook_size, backend=self.backend
        )
