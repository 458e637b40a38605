"""SigLIP and DINOv2 as grids of features, each with its own normalisation inside.

``uint8 (batch, height, width, 3)`` -> ``(batch, dim, row, column)``. The number of tokens follows
from image and patch size.
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional
from transformers import Dinov2Config, Dinov2Model, SiglipVisionConfig, SiglipVisionModel

from lapa.models.foundation.convolution_stem import ConvolutionStem
from lapa.models.foundation.initialization import initial_scale
from lapa.params.foundation.dual_encoder import DualEncoderParams, VisionEncoderParams

SIGLIP_MEAN = SIGLIP_STD = (0.5, 0.5, 0.5)
"""As in the published ``preprocessor_config.json`` of google/siglip-so400m-patch14-224."""
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""As in the published ``preprocessor_config.json`` of facebook/dinov2-large."""


class _Normalization(nn.Module):
    """``uint8 (batch, height, width, 3)`` -> normalised ``(batch, 3, side, side)``."""

    def __init__(
        self, *, side: int, mean: tuple[float, float, float], std: tuple[float, float, float]
    ) -> None:
        super().__init__()
        self.side = side
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1), persistent=False)

    mean: Tensor
    std: Tensor

    def forward(self, images: Tensor) -> Tensor:
        pixels = rearrange(images, "b h w c -> b c h w").float() / 255
        if pixels.shape[-2:] != (self.side, self.side):
            size = (self.side, self.side)
            pixels = functional.interpolate(pixels, size=size, mode="bicubic", antialias=True)
        return (pixels.clamp(0, 1) - self.mean) / self.std


class SiglipEncoder(nn.Module):
    """SigLIP's patch features, without its pooling head."""

    def __init__(self, backbone: SiglipVisionModel, *, image_size: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.dim = backbone.config.hidden_size
        self.grid = image_size // backbone.config.patch_size
        self.interpolates = image_size != backbone.config.image_size
        self.normalize = _Normalization(side=image_size, mean=SIGLIP_MEAN, std=SIGLIP_STD)

    def forward(self, images: Tensor) -> Tensor:
        """``uint8 (batch, height, width, 3)`` -> ``(batch, dim, row, column)``."""
        pixels = self.normalize(images).to(self.backbone.dtype)
        tokens: Tensor = self.backbone(
            pixels, interpolate_pos_encoding=self.interpolates
        ).last_hidden_state
        return rearrange(tokens, "b (row column) d -> b d row column", row=self.grid)


class Dinov2Encoder(nn.Module):
    """DINOv2's patch features, without the class token."""

    def __init__(self, backbone: Dinov2Model, *, image_size: int) -> None:
        super().__init__()
        self.backbone = backbone
        # only masked pretraining uses it; a trainable parameter without gradient stops DDP
        self.backbone.embeddings.mask_token.requires_grad_(False)
        self.dim = backbone.config.hidden_size
        self.grid = image_size // backbone.config.patch_size
        self.normalize = _Normalization(side=image_size, mean=IMAGENET_MEAN, std=IMAGENET_STD)

    def forward(self, images: Tensor) -> Tensor:
        """``uint8 (batch, height, width, 3)`` -> ``(batch, dim, row, column)``."""
        pixels = self.normalize(images).to(self.backbone.dtype)
        tokens: Tensor = self.backbone(pixels).last_hidden_state[:, 1:]
        return rearrange(tokens, "b (row column) d -> b d row column", row=self.grid)


class DualVision(nn.Module):
    """Both encoders on one grid: ``uint8 (batch, height, width, 3)`` -> ``(batch, token, dim)``."""

    def __init__(self, *, siglip: SiglipEncoder, dinov2: Dinov2Encoder, grid: int | None) -> None:
        super().__init__()
        self.siglip, self.dinov2 = siglip, dinov2
        self.grid = grid or siglip.grid
        self.dim = siglip.dim + dinov2.dim

    def forward(self, images: Tensor) -> Tensor:
        """Interpolate both grids to one, join their channels, flatten row by row."""
        parts = [self._resized(encoder(images)) for encoder in (self.siglip, self.dinov2)]
        return rearrange(torch.cat(parts, dim=1), "b d row column -> b (row column) d")

    def _resized(self, features: Tensor) -> Tensor:
        if features.shape[-1] == self.grid:
            return features
        size = (self.grid, self.grid)
        return functional.interpolate(features, size=size, mode="bilinear", antialias=True)


def put_stems(params: DualEncoderParams, *, siglip: SiglipVisionModel, dinov2: Dinov2Model) -> None:
    """Give encoders the convolutions that their parameters ask for; weights are fresh."""
    if params.siglip.stem == "convolutions":
        siglip.set_input_embeddings(_stem(params.siglip))
    if params.dinov2.stem == "convolutions":
        dinov2.embeddings.patch_embeddings.projection = _stem(params.dinov2)


def _stem(params: VisionEncoderParams) -> ConvolutionStem:
    return ConvolutionStem(dim=params.hidden_size, patch_size=params.patch_size)


def siglip_config(params: VisionEncoderParams) -> SiglipVisionConfig:
    """SigLIP's vision configuration at the given sizes, without the pooling head."""
    config = SiglipVisionConfig(
        hidden_size=params.hidden_size,
        intermediate_size=params.intermediate_size,
        num_hidden_layers=params.layers,
        num_attention_heads=params.heads,
        image_size=params.image_size,
        patch_size=params.patch_size,
    )
    config.vision_use_head = False
    return config


def dinov2_config(params: VisionEncoderParams) -> Dinov2Config:
    """DINOv2's configuration at the given sizes.

    Raises:
        ValueError: the intermediate size is no whole multiple of the hidden size.
    """
    ratio, rest = divmod(params.intermediate_size, params.hidden_size)
    if rest:
        raise ValueError(
            f"dinov2.intermediate_size is {params.intermediate_size}, expected a multiple of "
            f"hidden_size = {params.hidden_size}"
        )
    return Dinov2Config(
        hidden_size=params.hidden_size,
        mlp_ratio=ratio,
        initializer_range=initial_scale(params.hidden_size),
        num_hidden_layers=params.layers,
        num_attention_heads=params.heads,
        image_size=params.image_size,
        patch_size=params.patch_size,
    )
