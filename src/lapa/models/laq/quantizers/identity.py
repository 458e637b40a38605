"""No quantisation: the continuous baseline."""

from __future__ import annotations

import torch
from torch import Tensor

from lapa.models.laq.quantizers.base import Quantized, Quantizer
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import IdentityParams


class Identity(Quantizer):
    """Pass the vectors through. There is one "code", 0, which says nothing (K is 1)."""

    codebook_size = 1

    def __init__(self, params: IdentityParams, config: LaqModelParams) -> None:
        super().__init__()

    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Return the vectors themselves; ``noise`` has no use here."""
        delta = delta.float()
        return Quantized(
            tokens=delta,
            codes=self.vectors_to_indices(delta),
            pre_quantized=delta,
            residual=torch.zeros_like(delta),
            auxiliary_loss=delta.new_zeros(()),
        )

    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Return code 0 everywhere."""
        return torch.zeros(delta.shape[:-1], dtype=torch.int64, device=delta.device)

    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Refuse: a code cannot be turned back into a vector.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"quantizer 'none' has no vectors for codes {tuple(codes.shape)}; "
            "use LatentActionQuantizer.decode_vectors with the output of delta()"
        )

    def codebook_rows(self) -> Tensor:
        """Return no rows ``(0,)``."""
        return torch.zeros(0)
