"""Finite scalar quantisation: round each channel to a few levels; nothing to collapse.

Mentzer et al., "Finite Scalar Quantization: VQ-VAE Made Simple" (arXiv 2309.15505).
"""

from __future__ import annotations

import vector_quantize_pytorch
from torch import Tensor

from lapa.models.laq.quantizers.base import Quantized, Quantizer, full_precision
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import FSQParams


class FSQ(Quantizer):
    """Every position is one FSQ vector; K is the product of the levels.

    A linear map takes ``quant_dim`` to one channel per level and back (none when they are equal).
    The symmetric rounding is used because only it allows two levels.
    """

    def __init__(self, params: FSQParams, config: LaqModelParams) -> None:
        super().__init__()
        self.library = vector_quantize_pytorch.FSQ(
            list(params.levels), dim=config.quant_dim, preserve_symmetry=True
        )
        self.codebook_size = int(self.library.codebook_size)

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Quantise with straight-through gradient; ``noise`` has no use here."""
        delta = delta.float()
        with full_precision(delta):
            tokens, codes = self.library(delta)
        return Quantized(
            tokens=tokens,
            codes=codes.long(),
            pre_quantized=delta,
            residual=(delta - tokens).detach(),
            auxiliary_loss=delta.new_zeros(()),
        )

    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Round every channel."""
        with full_precision(delta):
            codes: Tensor = self.library(delta.float())[1]
        return codes.long()

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Rebuild the rounded vectors."""
        vectors: Tensor = self.library.indices_to_codes(codes)
        return vectors

    def codebook_rows(self) -> Tensor:
        """Return the vector of each code ``(codebook_size, quant_dim)``."""
        rows: Tensor = self.library.project_out(self.library.implicit_codebook)
        return rows.detach()
