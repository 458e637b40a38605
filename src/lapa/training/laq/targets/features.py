"""Patch features of frame t+H in a frozen vision model: what is there, not how it looks exactly."""

from __future__ import annotations

from typing import Any

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoImageProcessor, AutoModel

from lapa.models.laq.decoder import ActionDecoder
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.stage import FeatureTargetParams
from lapa.training.laq.targets.base import PairResult, Target


class FrozenFeatures:
    """A Hugging Face vision transformer that is neither trained nor saved with the quantiser.

    Args:
        folder: model directory or hub id; its image processor tells mean and standard deviation.
    """

    def __init__(self, folder: str) -> None:
        self._model: nn.Module = AutoModel.from_pretrained(folder).eval().requires_grad_(False)
        config: Any = self._model.config
        processor = AutoImageProcessor.from_pretrained(folder)
        self._mean = rearrange(torch.tensor(processor.image_mean), "c -> c 1 1")
        self._std = rearrange(torch.tensor(processor.image_std), "c -> c 1 1")
        self._side = int(config.image_size)
        self.grid = self._side // int(config.patch_size)
        self.dim = int(config.hidden_size)

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Map ``float [0, 1] (batch, 3, height, width)`` to ``(batch, dim, row, column)``."""
        model = self._model.to(images.device)
        size = (self._side, self._side)
        resized = functional.interpolate(images, size, mode="bilinear", antialias=True)
        pixels = (resized - self._mean.to(images)) / self._std.to(images)
        tokens: Tensor = model(pixel_values=pixels).last_hidden_state
        patches = tokens[:, -(self.grid**2) :]  # class and register tokens come first
        return rearrange(patches, "b (h w) d -> b d h w", h=self.grid)


class FeatureTarget(Target):
    """One minus the cosine between decoded and frozen features, mean over patches."""

    def __init__(self, params: FeatureTargetParams, model: LaqModelParams) -> None:
        super().__init__()
        self.weight = params.weight
        self._frozen = FrozenFeatures(params.folder)
        self._grid = model.grid_size
        own = model.model_copy(update={"decoder_depth": params.depth})
        self.decoder = ActionDecoder(own, values=self._frozen.dim)

    def forward(self, result: PairResult) -> Tensor:
        """Compare decoded and frozen features of frame t+H."""
        features = self._frozen(result.frames[:, :, 1])
        if self._frozen.grid != self._grid:
            size = (self._grid, self._grid)
            features = functional.interpolate(features, size, mode="bilinear", antialias=True)
        target = rearrange(features, "b d h w -> b h w d")
        predicted = self.decoder(result.output.decoder_input).float()
        return (1 - functional.cosine_similarity(predicted, target, dim=-1)).mean()
