"""Head B: predicted latent codes -> embeddings -> MLP -> action chunk."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from lapa.models.policy.heads.conditioning import CodeEmbedding
from lapa.models.policy.heads.regression import RegressionHead
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import MlpHeadParams


class MlpHead(RegressionHead):
    """``int64 (batch, code) -> (batch, time, action_dim)``.

    It sees the codes alone, so it can be no better than the codes: a strict reading of what they
    say about the action, and a weak policy.
    """

    def __init__(self, params: MlpHeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.embedding = CodeEmbedding(sizes.codebook_size, params.embedding_dim)
        widths = (sizes.code_seq_len * params.embedding_dim, *params.hidden_dims)
        layers: list[nn.Module] = []
        for width, following in pairwise(widths):
            layers += [nn.Linear(width, following), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], sizes.values))

    def flat_chunk(self, encoded: Tensor) -> Tensor:
        """Regress from the embeddings of the codes."""
        flat: Tensor = self.layers(self.embedding(encoded))
        return flat

    def error(self, predicted: Tensor, target: Tensor) -> Tensor:
        """Squared error."""
        return (predicted - target).square()
