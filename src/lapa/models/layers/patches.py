"""Cut frames into patches, embed them, and put patches back together."""

from __future__ import annotations

from einops import rearrange
from torch import Tensor, nn


def patchify(frames: Tensor, patch_size: int) -> Tensor:
    """Cut ``(batch, channel, time, height, width)`` into ``(batch, time, row, column, value)``."""
    return rearrange(frames, "b c t (h p) (w q) -> b t h w (c p q)", p=patch_size, q=patch_size)


def unpatchify(patches: Tensor, patch_size: int) -> Tensor:
    """Join ``(batch, row, column, value)`` into ``(batch, channel, height, width)``."""
    return rearrange(patches, "b h w (c p q) -> b c (h p) (w q)", p=patch_size, q=patch_size)


class PatchEmbedding(nn.Module):
    """``(batch, 3, time, height, width) -> (batch, time, row, column, dim)``.

    Normalise the raw values of a patch, project, normalise again; one module for every frame.
    """

    def __init__(self, *, patch_size: int, dim: int, channels: int = 3) -> None:
        super().__init__()
        self.patch_size = patch_size
        values = channels * patch_size**2
        self.pixel_norm = nn.LayerNorm(values)
        self.projection = nn.Linear(values, dim)
        self.token_norm = nn.LayerNorm(dim)

    def forward(self, frames: Tensor) -> Tensor:
        """Embed every patch of ``float [0, 1]`` frames."""
        patches = patchify(frames, self.patch_size)
        embedded: Tensor = self.token_norm(self.projection(self.pixel_norm(patches)))
        return embedded
