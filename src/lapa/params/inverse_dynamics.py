"""Parameters of the inverse dynamics model, which guesses actions from frame pairs (chosen as docs/arms.md says)."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, Params, TrainerParams
from lapa.params.fabric import FabricStageParams
from lapa.records import ActionStats


class KeypointSizes(Params):
    """Sizes of the network."""

    image_size: int = Field(default=64, gt=0)
    """Side of the square input, pixels, even; other frames are resized to it."""
    channels: int = Field(default=16, gt=0)
    """Width of the convolutions."""
    keypoints: int = Field(default=32, gt=0)
    """Places that are followed from frame t to t+H."""
    hidden_dim: int = Field(default=256, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)


class InverseDynamicsModelParams(Params):
    """Everything needed to rebuild a model; saved as its ``config.json``."""

    kind: Literal["inverse_dynamics"] = "inverse_dynamics"
    sizes: KeypointSizes
    stats: ActionStats
    """Of the labelled pairs' actions over H."""


class InverseDynamicsParams(FabricStageParams):
    """From few labelled episodes to a model that labels all video with actions."""

    model: KeypointSizes = KeypointSizes()
    optimizer: OptimizerParams = OptimizerParams(
        learning_rate=5e-3, final_learning_rate=5e-5, warmup_steps=30, weight_decay=0.01
    )
    trainer: TrainerParams = TrainerParams(max_steps=400, batch_size=32, validate_every=100)
    augmentation: AugmentationParams = AugmentationParams(shift=0.12)

    @model_validator(mode="after")
    def _frames_keep_their_side(self) -> Self:
        if self.augmentation.flip:
            raise ValueError(
                f"inverse_dynamics.augmentation.flip is {self.augmentation.flip}, expected 0: which "
                "dimensions of an action a mirror reverses is not known"
            )
        return self

    @model_validator(mode="after")
    def _small_and_whole(self) -> Self:
        large: dict[str, Any] = {
            "freeze": self.freeze,
            "lora": self.lora,
            "shard": self.shard,
            "activation_checkpointing": self.activation_checkpointing,
        }
        if given := [name for name, value in large.items() if value]:
            raise ValueError(
                f"inverse_dynamics sets {', '.join(given)}, expected none of them: the network is small, and "
                "all of it learns"
            )
        return self
