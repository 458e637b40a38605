"""From LeRobot's pictures to those of lapa's shards; numbers stay in physical units on both sides.

LeRobot's normalisers are in the pipelines, as its commands expect, and change nothing: the statistics are in the
policy's weights. `lerobot-train` gives normalisers the statistics of the dataset at hand also where a pretrained
policy goes on learning, and with other statistics the same bins would mean other actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from einops import rearrange
from lerobot.processor import (
    ObservationProcessorStep,
    PolicyProcessorPipeline,
    ProcessorStepRegistry,
)
from lerobot.processor.factory import (
    make_default_policy_processor_steps,
    make_policy_processor_pipelines,
)
from torch import Tensor

from lapa.models.policy.frames import as_stored
from lapa.params.policy import PolicyModelParams
from lapa.records import FrameCodec
from lerobot_policy_lapa.configuration_lapa import LapaConfig


@ProcessorStepRegistry.register("lapa_stored_frames")
@dataclass
class StoredFrames(ObservationProcessorStep):
    """Makes the policy's picture square and compresses it, as its training pictures were."""

    camera: str = ""
    codec: dict[str, Any] = field(default_factory=dict)
    """`lapa.records.FrameCodec`."""

    def observation(self, observation: dict[str, Any]) -> dict[str, Any]:
        """Replace ``float (batch, 3, height, width)`` of [0, 1] by ``uint8 (batch, height, width, 3)``."""
        codec = FrameCodec.model_validate(self.codec)
        return {**observation, self.camera: as_stored(to_bytes(observation[self.camera]), codec)}

    def get_config(self) -> dict[str, Any]:
        """What makes the same step again."""
        return {"camera": self.camera, "codec": self.codec}

    def transform_features(self, features: Any) -> Any:
        """The observation has the same keys."""
        return features


def to_bytes(pictures: Tensor) -> Tensor:
    """LeRobot's pictures to ``uint8 (batch, height, width, 3)``; exact for what was a byte before."""
    if pictures.dtype != torch.uint8:
        pictures = (pictures * 255).round().clamp(0, 255).to(torch.uint8)
    return rearrange(pictures, "batch channel height width -> batch height width channel")


def make_lapa_pre_post_processors(
    config: LapaConfig, dataset_stats: dict[str, dict[str, Tensor]] | None = None
) -> tuple[PolicyProcessorPipeline, PolicyProcessorPipeline]:
    """Both pipelines of a policy that has been made; LeRobot calls this by its name."""
    params = PolicyModelParams.model_validate(config.model)
    frames = StoredFrames(camera=config.camera, codec=params.frame_codec.model_dump(mode="json"))
    steps = make_default_policy_processor_steps(config, dataset_stats)
    before = [steps.rename_observations, steps.add_batch_dim, frames, steps.to_device]
    return make_policy_processor_pipelines(
        [*before, steps.normalize], [steps.unnormalize, steps.to_cpu]
    )
