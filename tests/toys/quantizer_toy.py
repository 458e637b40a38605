"""A quantiser from outside the package: every channel becomes its sign (lookup-free quantisation)."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.models.laq.quantizers import Quantized, Quantizer
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import QuantizerParams


class SignParams(QuantizerParams):
    kind: str = "toys.quantizer_toy:SignParams"
    implementation = "toys.quantizer_toy:SignQuantizer"
    scale: float = 1.0


class SignQuantizer(Quantizer):
    """``quant_dim`` signs are one code: K must be 2 to that power."""

    def __init__(self, params: SignParams, config: LaqModelParams) -> None:
        super().__init__()
        self.codebook_size = 2**config.quant_dim
        self.scale = params.scale
        powers = 2 ** torch.arange(config.quant_dim)
        self.register_buffer("powers", powers, persistent=False)

    powers: Tensor

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        codes = self.vectors_to_indices(delta)
        signs = self.indices_to_vectors(codes)
        return Quantized(
            tokens=delta + (signs - delta).detach(),
            codes=codes,
            pre_quantized=delta,
            residual=(delta - signs).detach(),
            auxiliary_loss=delta.new_zeros(()),
        )

    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        return ((delta > 0) * self.powers).sum(dim=-1)

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        positive = (codes[..., None] // self.powers) % 2
        return self.scale * (2.0 * positive - 1)

    def codebook_rows(self) -> Tensor:
        return self.indices_to_vectors(torch.arange(self.codebook_size))
