"""The standard VQ-VAE: straight-through gradient, rows follow a moving average of their vectors."""

from __future__ import annotations

import torch
from torch import Tensor
from vector_quantize_pytorch import VectorQuantize

from lapa.models.laq.quantizers.base import (
    Quantized,
    Quantizer,
    full_precision,
    nearest_rows,
    quantize_exactly,
    require_codebook_shape,
)
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import VQEMAParams


class VQEMA(Quantizer):
    """One codebook shared by all positions.

    The library moves the rows inside a training forward. Where several processes train, build the
    model after the process group, so that they average over all of it.
    """

    has_settable_codebook = True

    def __init__(self, params: VQEMAParams, config: LaqModelParams) -> None:
        super().__init__()
        self.codebook_size = config.codebook_size
        self.quant_dim = config.quant_dim
        self.library = VectorQuantize(
            dim=self.quant_dim,
            codebook_size=self.codebook_size,
            decay=params.decay,
            commitment_weight=params.commitment_weight,
            rotation_trick=False,
        )
        self.set_codebook(torch.randn(self.codebook_size, self.quant_dim))

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Quantise; ``noise`` has no use here."""
        delta = delta.float()
        if not self.training:
            return quantize_exactly(self, delta)
        with full_precision(delta):
            tokens, codes, loss = self.library(delta)
        return Quantized(
            tokens=tokens,
            codes=codes,
            pre_quantized=delta,
            residual=(delta - tokens).detach(),
            auxiliary_loss=loss.sum(),
        )

    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Return the closest row of each vector."""
        return nearest_rows(delta, self.codebook_rows())

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Look the rows up."""
        return self.codebook_rows()[codes]

    def codebook_rows(self) -> Tensor:
        """Return the rows ``(codebook_size, quant_dim)``."""
        rows: Tensor = self.library.codebook
        return rows.detach()

    @torch.no_grad()
    def set_codebook(self, rows: Tensor) -> None:
        """Overwrite the rows; a row that changed restarts its average as if seen once."""
        require_codebook_shape(rows, (self.codebook_size, self.quant_dim))
        changed = (rows != self.codebook_rows()).any(dim=-1)
        state = self.library._codebook
        state.embed[0, changed] = rows[changed].to(state.embed)
        state.embed_avg[0, changed] = rows[changed].to(state.embed)
        state.cluster_size[0, changed] = 1.0
