"""Head B: predicted latent codes -> embeddings -> MLP -> action chunk."""

from __future__ import annotations

from itertools import pairwise

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.heads.interface import HeadSizes
from lapa.models.policy.heads.regression import RegressionHead
from lapa.params.heads import MlpHeadParams


class MlpHead(RegressionHead):
    """``int64 (batch, code) -> (batch, time, action_dim)``.

    It sees the codes alone, so it can be no better than the codes: a strict reading of what they
    say about the action, and a weak policy.
    """

    def __init__(self, params: MlpHeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.embedding = nn.Embedding(sizes.codebook_size, params.embedding_dim)
        widths = (sizes.code_seq_len * params.embedding_dim, *params.hidden_dims)
        layers: list[nn.Module] = []
        for width, following in pairwise(widths):
            layers += [nn.Linear(width, following), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], sizes.values))

    def load_codebook(self, codebook: Tensor) -> None:
        """Start the embeddings from a quantiser's codebook ``(codebook_size, embedding_dim)``.

        Raises:
            ValueError: the codebook has another shape.
        """
        if codebook.shape != self.embedding.weight.shape:
            raise ValueError(
                f"codebook has shape {tuple(codebook.shape)}, the head's embeddings "
                f"{tuple(self.embedding.weight.shape)}; set head.embedding_dim to the width of one "
                "codebook shared by all positions, or head.embeddings: fresh"
            )
        with torch.no_grad():
            self.embedding.weight.copy_(codebook)

    def flat_chunk(self, encoded: Tensor) -> Tensor:
        """Regress from the embeddings of the codes."""
        embedded = rearrange(self.embedding(encoded), "batch code dim -> batch (code dim)")
        flat: Tensor = self.layers(embedded)
        return flat

    def error(self, predicted: Tensor, target: Tensor) -> Tensor:
        """Squared error."""
        return (predicted - target).square()
