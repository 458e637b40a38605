"""Strided 3 x 3 convolutions in place of a linear patch embedding, for encoders that start fresh.

One linear map per patch is slow to learn from few images; convolutions that overlap the patches'
edges are not (Xiao et al. 2021, https://arxiv.org/abs/2106.14881).
"""

from __future__ import annotations

from einops import rearrange
from torch import Tensor, nn


class ConvolutionStem(nn.Module):
    """``(batch, 3, height, width)`` -> ``(batch, dim, row, column)``, one cell per patch."""

    def __init__(self, *, dim: int, patch_size: int, narrowest: int = 16) -> None:
        super().__init__()
        halvings = patch_size.bit_length() - 1
        widths = [max(narrowest, dim >> left) for left in range(halvings - 1, 0, -1)] + [dim]
        layers: list[nn.Module] = []
        for before, after in zip([3, *widths], widths, strict=False):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1)]
            layers += [nn.GroupNorm(1, after), nn.GELU()]
        self.layers = nn.Sequential(*layers[:-2])  # the transformer normalises for itself

    @property
    def weight(self) -> Tensor:
        """Where transformers looks for the precision of the pixels."""
        first = self.layers[0]
        assert isinstance(first, nn.Conv2d)  # noqa: S101 - the constructor put it there
        return first.weight

    def forward(self, pixels: Tensor) -> Tensor:
        """Halve the image until a cell is a patch."""
        features: Tensor = self.layers(pixels)
        return features


class FlatPatchStem(nn.Module):
    """The same for Qwen3-VL, whose patches arrive flat and in the order of their merged blocks.

    ``(batch * patch, 3 * time * patch_size**2)`` -> ``(batch * patch, dim)``. A still image is
    repeated over time; its first copy is read. All images have ``grid`` x ``grid`` patches.
    """

    def __init__(self, *, dim: int, patch_size: int, grid: int, merge_size: int) -> None:
        super().__init__()
        self.stem = ConvolutionStem(dim=dim, patch_size=patch_size)
        self._blocks = {"bh": grid // merge_size, "bw": grid // merge_size}
        self._inside = {"mh": merge_size, "mw": merge_size}
        self._patch = {"c": 3, "ph": patch_size, "pw": patch_size}

    @property
    def proj(self) -> ConvolutionStem:
        """Where transformers looks for the precision of the pixels."""
        return self.stem

    def forward(self, patches: Tensor) -> Tensor:
        """Put the image together, embed it, take it apart in the same order."""
        images = rearrange(
            patches.to(self.stem.weight.dtype),
            "(b bh bw mh mw) (c t ph pw) -> t b c (bh mh ph) (bw mw pw)",
            **self._blocks,
            **self._inside,
            **self._patch,
        )
        cells: Tensor = self.stem(images[0])
        return rearrange(cells, "b d (bh mh) (bw mw) -> (b bh bw mh mw) d", **self._inside)
