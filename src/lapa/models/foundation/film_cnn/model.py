"""Language-modulated convolutions (FiLM) with spatial softmax: the default for small images.

FiLM: https://arxiv.org/abs/1709.07871 (eq. 1-2); spatial softmax: https://arxiv.org/abs/1504.00702
(section 5.1). Without transformers it grounds colours in a few hundred steps on a CPU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.nn import functional

from lapa.batches import LatentBatch
from lapa.models.foundation.code_heads import IndependentHeads
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.foundation.interface import LatentLoss, LatentPolicy, code_loss
from lapa.models.layers.spatial_softmax import SpatialSoftmax, coordinates
from lapa.params.foundation.film_cnn import FilmCnnParams

SHARPNESS = 3.0
"""Of the spatial softmax at first: with 1 a fresh channel looks everywhere at once, and no place can be read from it."""


class InstructionEncoder(nn.Module):
    """Word ids ``(batch, word)`` -> instruction vector ``(batch, dim)``; word order counts.

    The mean of the words is added to what was read in order: a colour that is named is plain to see from the first step.
    """

    def __init__(self, *, vocabulary: int, dim: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, dim)
        self.order = nn.GRU(dim, dim, batch_first=True)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Read left to right, keep the state at the last real word, and add the mean of the real words."""
        words = self.words(ids)
        states, _ = self.order(words)
        last = mask.sum(dim=1) - 1
        final: Tensor = states[torch.arange(ids.shape[0], device=ids.device), last]
        mean: Tensor = (words * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        return final + mean


class FilmBlock(nn.Module):
    """Residual bottleneck whose channels the instruction scales and shifts.

    ``(batch, channel, row, column)`` and ``(batch, text)`` -> same grid. The 3x3 convolution
    works on half the channels: a third of the arithmetic at the same accuracy. What is modulated is
    normalised before (as in the paper, there by batch): fresh convolutions of a dim picture are a tenth of the
    constants that the instruction adds.
    """

    def __init__(self, *, channels: int, text_dim: int) -> None:
        super().__init__()
        inner = channels // 2
        self.reduce = nn.Conv2d(channels, inner, 1)
        self.mix = nn.Conv2d(inner, inner, 3, padding=1)
        self.normalize = nn.GroupNorm(1, inner, affine=False)
        self.modulate = nn.Linear(text_dim, 2 * inner)
        self.expand = nn.Conv2d(inner, channels, 1)

    def forward(self, grid: Tensor, text: Tensor) -> Tensor:
        """Add what the modulated bottleneck sees."""
        scale, shift = rearrange(self.modulate(text), "b (two c) -> two b c 1 1", two=2)
        mixed = self.normalize(self.mix(functional.relu(self.reduce(grid))))
        added: Tensor = self.expand(functional.relu(mixed * (1 + scale) + shift))
        return grid + added


class FilmCnn(LatentPolicy):
    """Image and instruction -> codes, through one modulated feature grid."""

    parts_its_trunk = True

    def __init__(
        self,
        config: FilmCnnParams,
        *,
        code_seq_len: int,
        codebook_size: int,
        tokenizer: InstructionTokenizer,
    ) -> None:
        super().__init__()
        self.config, self.tokenizer = config, tokenizer
        self.code_seq_len, self.codebook_size = code_seq_len, codebook_size
        self.feature_dim = config.feature_dim
        channels, text_dim = config.channels, config.text_dim
        self.instruction = InstructionEncoder(vocabulary=len(tokenizer), dim=text_dim)
        self.stem = nn.Conv2d(5, channels, config.patch_size, stride=config.patch_size)
        self.blocks = nn.ModuleList(
            FilmBlock(channels=channels, text_dim=text_dim) for _ in range(config.blocks)
        )
        self.normalize = nn.GroupNorm(1, channels, affine=False)
        self.keypoints = nn.Conv2d(channels, channels, 1)
        self.pool = SpatialSoftmax(
            cells=config.image_size // config.patch_size, sharpness=SHARPNESS
        )
        self.neck = nn.Sequential(
            nn.Linear(3 * channels + text_dim, self.feature_dim),
            nn.ReLU(),
            nn.Linear(self.feature_dim, self.feature_dim),
            nn.ReLU(),
        )
        self.head = IndependentHeads(
            dim=self.feature_dim, code_seq_len=code_seq_len, codebook_size=codebook_size
        )
        self.register_buffer("xy", coordinates(config.image_size), persistent=False)

    xy: Tensor

    def features(self, images: Tensor, instructions: list[str]) -> Tensor:
        """``(batch, feature_dim)``, non-negative."""
        return self.features_of_trunk(self.trunk(images, instructions))

    def features_of_trunk(self, trunk: Tensor) -> Tensor:
        """The neck."""
        features: Tensor = self.neck(trunk)
        return features

    def trunk(self, images: Tensor, instructions: list[str]) -> Tensor:
        """``(batch, 3 channel + text)``: where each channel looks and how strongly, and the instruction."""
        ids, mask = self.tokenizer.encode(instructions)
        text = self.instruction(ids.to(images.device), mask.to(images.device))
        grid = functional.relu(self.stem(self._pixels(images)))
        for block in self.blocks:
            grid = block(grid, text)
        looks = self.keypoints(self.normalize(grid))
        return torch.cat([self.pool(looks), text], dim=-1)

    def logits(self, images: Tensor, instructions: list[str]) -> Tensor:
        """``(batch, code, codebook)``."""
        logits: Tensor = self.head(self.features(images, instructions))
        return logits

    def loss(self, batch: LatentBatch) -> LatentLoss:
        """Mean cross-entropy of independent positions."""
        return code_loss(self.logits(batch["frames"], batch["instructions"]), batch["latent_codes"])

    @torch.no_grad()
    def predict_codes(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Most likely code of every position."""
        return self.logits(images, instructions).argmax(dim=-1)

    def trunk_parameters(self) -> Iterator[nn.Parameter]:
        """Language and convolutions; the neck adapts to real actions."""
        parts = (self.instruction, self.stem, self.blocks, self.keypoints, self.pool)
        return chain.from_iterable(part.parameters() for part in parts)

    def repeated_layers(self) -> Sequence[nn.Module]:
        """The modulated blocks."""
        return list(self.blocks)

    def save_text_files(self, folder: Path) -> None:
        """Write ``tokenizer.json``."""
        self.tokenizer.save(folder / "tokenizer.json")

    def _pixels(self, images: Tensor) -> Tensor:
        """``uint8 (batch, height, width, 3)`` -> ``float [-1, 1] (batch, 5, side, side)`` with x, y."""
        pixels = rearrange(images, "b h w c -> b c h w").to(self.stem.weight.dtype) / 127.5 - 1
        side = self.config.image_size
        if pixels.shape[-2:] != (side, side):
            pixels = functional.interpolate(
                pixels, size=(side, side), mode="bilinear", antialias=True
            )
        xy = repeat(self.xy, "xy h w -> b xy h w", b=pixels.shape[0]).to(pixels.dtype)
        # channels last is a third faster on CPUs with convolutions this narrow
        return torch.cat([pixels, xy], dim=1).contiguous(memory_format=torch.channels_last)
