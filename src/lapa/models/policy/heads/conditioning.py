"""What a head is conditioned on: the backbone's features, or embeddings of the codes that it predicts."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import ConditionedHeadParams


class CodeEmbedding(nn.Embedding):
    """``int64 (batch, code) -> (batch, code * dim)``: one row per value of a code, for all positions."""

    def forward(self, input: Tensor) -> Tensor:
        """Look the rows up and lay them side by side."""
        return rearrange(super().forward(input), "batch code dim -> batch (code dim)")

    def start_from(self, codebook: Tensor) -> None:
        """Overwrite the rows by a quantiser's codebook ``(codebook_size, embedding_dim)``; they learn on.

        Raises:
            ValueError: the codebook has another shape.
        """
        if codebook.shape != self.weight.shape:
            raise ValueError(
                f"codebook has shape {tuple(codebook.shape)}, the head's embeddings "
                f"{tuple(self.weight.shape)}; set head.embedding_dim to the width of one "
                "codebook shared by all positions, or head.embeddings: fresh"
            )
        with torch.no_grad():
            self.weight.copy_(codebook)


class Conditioning(nn.Module):
    """What the head reads ``-> (batch, width)``: features as they are, codes through their embeddings.

    Codes are the most likely ones, not the mean of the codebook under the predicted distribution. A code
    then stands for one action that the quantiser has seen, where the mean of "left" and "right" is an
    action nobody took; every backend can say its most likely codes, also one that writes them in turn;
    and what the head learns with is what it gets at prediction.
    """

    def __init__(self, params: ConditionedHeadParams, sizes: HeadSizes) -> None:
        super().__init__()
        self.embedding: CodeEmbedding | None = None
        self.width = sizes.feature_dim
        if params.condition == "codes":
            self.embedding = CodeEmbedding(sizes.codebook_size, params.embedding_dim)
            self.width = sizes.code_seq_len * params.embedding_dim

    def forward(self, encoded: Tensor) -> Tensor:
        """Features ``float (batch, feature_dim)`` or codes ``int64 (batch, code)``."""
        return encoded if self.embedding is None else self.embedding(encoded)
