"""Run a quantiser once over held-out pairs and keep what every analysis reads: never the frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray

from lapa.data.loading.loader import evaluation_loader
from lapa.evaluation.codes.held_out import HeldOutPairs, open_held_out
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.parts import cached_parts
from lapa.models.layers.pixels import to_frames

__all__ = [
    "HeldOutPairs",
    "LatentSamples",
    "TrueActions",
    "device_of",
    "encode_frames",
    "encode_pairs",
    "open_held_out",
]


@dataclass(frozen=True, kw_only=True)
class LatentSamples:
    """What one quantiser says about the held-out pairs."""

    codes: NDArray[np.int64] | None
    """``(sample, code)``; None where nothing is quantised and the latents are continuous."""
    vectors: NDArray[np.float32]
    """``(sample, code, quant_dim)``: what the decoder is given."""
    pre_quantized: NDArray[np.float32]
    """``(sample, code * quant_dim)``."""
    codebook_size: int

    @property
    def one_hot(self) -> NDArray[np.float32]:
        """Codes as ``(sample, code * codebook_size)`` of zeros and ones."""
        return one_hot(self.discrete, self.codebook_size)

    @property
    def discrete(self) -> NDArray[np.int64]:
        """The codes ``(sample, code)``.

        Raises:
            TypeError: the latents are continuous.
        """
        if self.codes is None:
            raise TypeError("continuous latents have no codes; read `vectors`")
        return self.codes


def one_hot(codes: NDArray[np.int64], codebook_size: int) -> NDArray[np.float32]:
    """Turn ``codes (sample, code)`` into ``(sample, code * codebook_size)`` of zeros and ones."""
    hot = np.eye(codebook_size, dtype=np.float32)[codes]
    return np.asarray(rearrange(hot, "sample code k -> sample (code k)"))


def encode_pairs(
    laq: LatentActionQuantizer, pairs: HeldOutPairs, *, batch_size: int
) -> LatentSamples:
    """Codes and vectors of every held-out pair, batch by batch."""
    loader = evaluation_loader(pairs.dataset, batch_size=batch_size)
    return encode_frames(laq, (batch["frames"] for batch in loader))


@torch.no_grad()
def encode_frames(laq: LatentActionQuantizer, frames: Iterable[torch.Tensor]) -> LatentSamples:
    """Codes and vectors of any pairs of frames.

    Args:
        laq: the quantiser.
        frames: batches ``uint8 (pair, 2, height, width, 3)``, at least one.
    """
    parts: dict[str, list[torch.Tensor]] = defaultdict(list)
    moved = (batch.to(device_of(laq)) for batch in frames)
    for batch in chain.from_iterable(cached_parts(batch, laq.config) for batch in moved):
        quantized = laq.quantizer(laq.delta(to_frames(batch)))
        parts["codes"].append(quantized.codes.cpu())
        parts["vectors"].append(quantized.tokens.float().cpu())
        parts["pre"].append(quantized.pre_quantized.float().cpu())
    joined = {name: torch.cat(tensors).numpy() for name, tensors in parts.items()}
    return LatentSamples(
        codes=joined["codes"] if laq.config.quantizer.has_codes else None,
        vectors=joined["vectors"],
        pre_quantized=rearrange(joined["pre"], "sample code dim -> sample (code dim)"),
        codebook_size=laq.quantizer.codebook_size,
    )


def device_of(laq: LatentActionQuantizer) -> torch.device:
    """Where a quantiser's weights are."""
    return next(laq.parameters()).device
