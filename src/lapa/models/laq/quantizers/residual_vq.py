"""Residual quantisation: code j+1 refines what codes 1..j left of the whole action.

Zeghidour et al., "SoundStream" (arXiv 2107.03312).
"""

from __future__ import annotations

import torch
import vector_quantize_pytorch
from einops import rearrange
from torch import Tensor

from lapa.models.laq.quantizers.base import (
    Quantized,
    Quantizer,
    full_precision,
    nearest_rows,
    quantize_exactly,
)
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import ResidualVQParams


class ResidualVQ(Quantizer):
    """The S vectors of a pair are one long vector; S codebooks of K rows refine it in turn.

    So a pair still has S codes of K values, but code j is a level of detail and not a place. With
    ``codebook_init: data`` the library runs k-means on the first training batch.
    """

    def __init__(self, params: ResidualVQParams, config: LaqModelParams) -> None:
        super().__init__()
        self.codebook_size = config.codebook_size
        self.quant_dim = config.quant_dim
        self.library = vector_quantize_pytorch.ResidualVQ(
            dim=config.code_seq_len * config.quant_dim,
            num_quantizers=config.code_seq_len,
            codebook_size=config.codebook_size,
            decay=params.decay,
            commitment_weight=params.commitment_weight,
            rotation_trick=False,
            kmeans_init=config.codebook_init == "data",
        )

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Quantise with straight-through gradient; ``noise`` has no use here."""
        delta = delta.float()
        if not self.training:
            return quantize_exactly(self, delta)
        with full_precision(delta):
            tokens, codes, losses = self.library(rearrange(delta, "b s d -> b 1 (s d)"))
        tokens = rearrange(tokens, "b 1 (s d) -> b s d", d=self.quant_dim)
        return Quantized(
            tokens=tokens,
            codes=rearrange(codes, "b 1 s -> b s"),
            pre_quantized=delta,
            residual=(delta - tokens).detach(),
            auxiliary_loss=losses.sum(),
        )

    @torch.no_grad()
    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Quantise level by level."""
        left = rearrange(delta.float(), "b s d -> b (s d)")
        codes = []
        for codebook in self.codebook_rows():
            codes.append(nearest_rows(left, codebook))
            left = left - codebook[codes[-1]]
        return torch.stack(codes, dim=-1)

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Sum the rows of all levels and cut the sum into positions."""
        levels = zip(self.codebook_rows(), codes.unbind(-1), strict=True)
        whole = torch.stack([codebook[level] for codebook, level in levels]).sum(0)
        return rearrange(whole, "b (s d) -> b s d", d=self.quant_dim)

    def codebook_rows(self) -> Tensor:
        """Return the rows of every level ``(code, codebook_size, code * quant_dim)``."""
        rows: Tensor = self.library.codebooks
        return rows.detach()
