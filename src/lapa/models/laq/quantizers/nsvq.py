"""Noise substitution: in training, replace the quantisation error by noise of the same length.

Vali and Bäckström, "NSVQ: Noise Substitution in Vector Quantization for Machine Learning"
(IEEE Access 2022). The decoder's gradient reaches encoder and codebook without a straight-through
estimator and without a codebook or commitment loss.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lapa.models.laq.quantizers.base import (
    Quantized,
    Quantizer,
    nearest_rows,
    require_codebook_shape,
)
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import NSVQParams

_EPS = 1e-12


class NSVQ(Quantizer):
    """One codebook shared by all positions; rows start from N(0, 1).

    With ``lapa_compat``: the original's formula, whose epsilon stands outside the ratio, and its
    noise, which always comes from the CPU generator.
    """

    has_settable_codebook = True

    def __init__(self, params: NSVQParams, config: LaqModelParams) -> None:
        super().__init__()
        self.codebook_size = config.codebook_size
        self.lapa_compat = config.lapa_compat
        self.codebook = nn.Parameter(torch.randn(config.codebook_size, config.quant_dim))

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Quantise; noise replaces the error when given, or in training."""
        delta = delta.float()
        codes = self.vectors_to_indices(delta)
        hard = self.indices_to_vectors(codes)
        if noise is None and self.training:
            noise = self._draw(delta)
        tokens = hard if noise is None else self._substitute(delta, hard, noise)
        return Quantized(
            tokens=tokens,
            codes=codes,
            pre_quantized=delta,
            residual=(delta - hard).detach(),
            auxiliary_loss=delta.new_zeros(()),
        )

    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Return the closest row of each vector."""
        return nearest_rows(delta, self.codebook)

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Look the rows up."""
        return self.codebook[codes]

    def codebook_rows(self) -> Tensor:
        """Return the rows ``(codebook_size, quant_dim)``."""
        return self.codebook.detach()

    @torch.no_grad()
    def set_codebook(self, rows: Tensor) -> None:
        """Overwrite the rows in place, so that an optimiser keeps its parameter."""
        require_codebook_shape(rows, (self.codebook_size, self.codebook.shape[1]))
        self.codebook.copy_(rows)

    def _draw(self, delta: Tensor) -> Tensor:
        if self.lapa_compat:
            return torch.randn(delta.shape).to(delta.device)
        return torch.randn_like(delta)

    def _substitute(self, delta: Tensor, hard: Tensor, noise: Tensor) -> Tensor:
        if self.lapa_compat:
            # Norms as written out in the original: `vector_norm` rounds differently.
            error, length = ((v**2).sum(-1, keepdim=True).sqrt() for v in (delta - hard, noise))
            return torch.add(delta, (error / length + _EPS) * noise)
        error = torch.linalg.vector_norm(delta - hard, dim=-1, keepdim=True)
        length = torch.linalg.vector_norm(noise, dim=-1, keepdim=True)
        return torch.add(delta, error * (noise / length.clamp_min(_EPS)))
