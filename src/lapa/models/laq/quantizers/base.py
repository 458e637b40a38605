"""The one interface of every quantiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Quantized:
    """What a quantiser made of one batch of vectors."""

    tokens: Tensor
    """Vectors for the decoder ``(batch, code, quant_dim)``: noisy or straight-through in training."""
    codes: Tensor
    """``int64 (batch, code)`` in ``[0, codebook_size)``."""
    pre_quantized: Tensor
    """What was quantised, ``(batch, code, quant_dim)``."""
    residual: Tensor
    """`pre_quantized` minus the vectors of `codes`, detached."""
    auxiliary_loss: Tensor
    """Scalar to add to the loss, already weighted (commitment); 0 where there is none."""


class Quantizer(nn.Module, ABC):
    """``(batch, code, quant_dim)`` vectors to codes and back.

    A subclass is built from its own options and those of the model: ``(params, config)``.
    """

    codebook_size: int
    """K: values one code can take."""
    has_settable_codebook: bool = False
    """Whether `set_codebook` works: the rows are ours to initialise and to replace."""

    @abstractmethod
    def forward(self, delta: Tensor, *, noise: Tensor | None = None) -> Quantized:
        """Quantise.

        Args:
            delta: ``(batch, code, quant_dim)``.
            noise: standard normal, shaped like ``delta``; only noise substitution uses it, and
                draws its own in training when it is None. Evaluation without noise is exact.
        """

    @abstractmethod
    def vectors_to_indices(self, delta: Tensor) -> Tensor:
        """Return the codes ``int64 (batch, code)`` of ``(batch, code, quant_dim)``, noise-free."""

    @abstractmethod
    def indices_to_vectors(self, codes: Tensor) -> Tensor:
        """Return the vectors ``(batch, code, quant_dim)`` of ``int64 (batch, code)``."""

    @abstractmethod
    def codebook_rows(self) -> Tensor:
        """Return everything that gives codes their meaning, as one detached tensor (for digests)."""

    def set_codebook(self, rows: Tensor) -> None:
        """Overwrite the codebook with ``(codebook_size, quant_dim)``.

        Raises:
            TypeError: this quantiser has no rows to set.
        """
        raise TypeError(f"{type(self).__name__} has no codebook to set; rows {tuple(rows.shape)}")


@torch.no_grad()
def nearest_rows(vectors: Tensor, codebook: Tensor) -> Tensor:
    """Index of the closest row by Euclidean distance; ties go to the lowest index.

    Args:
        vectors: ``(..., channel)``.
        codebook: ``(row, channel)``.

    Returns:
        ``int64 (...)``.
    """
    with full_precision(vectors):
        vectors, codebook = vectors.float(), codebook.float()
        crossed = vectors @ codebook.t()
        distance = vectors.square().sum(-1, keepdim=True) - 2 * crossed + codebook.square().sum(-1)
        return distance.argmin(-1)


def full_precision(tensor: Tensor) -> torch.autocast:
    """Switch autocast off: a code must not depend on the precision of the network."""
    return torch.autocast(tensor.device.type, enabled=False)


def require_codebook_shape(rows: Tensor, expected: tuple[int, int]) -> None:
    """Refuse rows of another shape.

    Raises:
        ValueError: with both shapes.
    """
    if tuple(rows.shape) != expected:
        raise ValueError(f"codebook rows have shape {tuple(rows.shape)}, expected {expected}")


def quantize_exactly(quantizer: Quantizer, delta: Tensor) -> Quantized:
    """Evaluation: the vectors of the nearest codes, no loss and no state touched."""
    codes = quantizer.vectors_to_indices(delta)
    tokens = quantizer.indices_to_vectors(codes)
    return Quantized(
        tokens=tokens,
        codes=codes,
        pre_quantized=delta,
        residual=(delta - tokens).detach(),
        auxiliary_loss=delta.new_zeros(()),
    )
