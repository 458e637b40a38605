"""A backend from outside the package: colours of a coarse grid and a bag of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from lapa.batches import LatentBatch
from lapa.models.foundation.code_heads import IndependentHeads
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.foundation.interface import LatentLoss, LatentPolicy, code_loss
from lapa.models.layers.pixels import to_float
from lapa.params.foundation.backend import BackendParams


class GridParams(BackendParams):
    kind: str = "toys.backend_toy:GridParams"
    implementation = "toys.backend_toy:GridPolicy"
    cells: int = 4
    dim: int = 32


class GridPolicy(LatentPolicy):
    """Image and instruction -> codes, by one hidden layer."""

    def __init__(
        self,
        params: GridParams,
        *,
        code_seq_len: int,
        codebook_size: int,
        instructions: Iterable[str],
        folder: Path | None,
    ) -> None:
        super().__init__()
        self.cells, self.feature_dim = params.cells, params.dim
        self.code_seq_len, self.codebook_size = code_seq_len, codebook_size
        self.tokenizer = (
            InstructionTokenizer.load(folder / "tokenizer.json")
            if folder
            else InstructionTokenizer.from_instructions(instructions, max_words=100)
        )
        self.words = nn.EmbeddingBag(len(self.tokenizer), params.dim)
        self.colors = nn.Linear(3 * params.cells**2, params.dim)
        self.head = IndependentHeads(
            dim=params.dim, code_seq_len=code_seq_len, codebook_size=codebook_size
        )

    def features(self, images: Tensor, instructions: list[str]) -> Tensor:
        ids, _ = self.tokenizer.encode(instructions)
        grid = functional.adaptive_avg_pool2d(to_float(images), self.cells)
        colors = self.colors(rearrange(grid, "b c row column -> b (c row column)"))
        return functional.relu(colors + self.words(ids.to(images.device)))

    def loss(self, batch: LatentBatch) -> LatentLoss:
        features = self.features(batch["frames"], batch["instructions"])
        return code_loss(self.head(features), batch["latent_codes"])

    @torch.no_grad()
    def predict_codes(self, images: Tensor, instructions: list[str]) -> Tensor:
        return self.head(self.features(images, instructions)).argmax(dim=-1)

    def trunk_parameters(self) -> Iterator[nn.Parameter]:
        return self.words.parameters()

    def save_text_files(self, folder: Path) -> None:
        self.tokenizer.save(folder / "tokenizer.json")
