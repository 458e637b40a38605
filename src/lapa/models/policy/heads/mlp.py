"""Head B: predicted latent codes -> embeddings -> MLP -> action chunk."""

from __future__ import annotations

from itertools import pairwise

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads.interface import ActionHead, masked_mean
from lapa.params.finetune import MlpHeadParams


class MlpHead(ActionHead):
    """``int64 (batch, code) -> (batch, time, action_dim)``.

    It sees the codes alone, so it can be no better than the codes: a strict reading of what they
    say about the action, and a weak policy.
    """

    reads = "codes"

    def __init__(
        self,
        config: MlpHeadParams,
        *,
        codebook_size: int,
        code_seq_len: int,
        codec: ActionCodec,
        chunk: int,
    ) -> None:
        super().__init__(codec=codec, chunk=chunk)
        self.embedding = nn.Embedding(codebook_size, config.embedding_dim)
        widths = (code_seq_len * config.embedding_dim, *config.hidden_dims)
        layers: list[nn.Module] = []
        for width, following in pairwise(widths):
            layers += [nn.Linear(width, following), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], chunk * codec.action_dim))

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

    def _normalized(self, observed: Tensor) -> Tensor:
        embedded = rearrange(self.embedding(observed), "batch code dim -> batch (code dim)")
        flat: Tensor = self.layers(embedded)
        return rearrange(flat, "batch (time action) -> batch time action", time=self.chunk)

    def loss(self, observed: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Mean squared error in normalised units."""
        target = self.codec.normalize(self.codec.clip(actions))
        return masked_mean((self._normalized(observed) - target).square(), mask)

    def predict(self, observed: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The regressed actions; nothing is drawn."""
        return self.codec.clip(self.codec.denormalize(self._normalized(observed)))
