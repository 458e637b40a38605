"""What a quantiser says of pairs of frames that are in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray

from lapa.evaluation.codes.latent_samples import device_of, one_hot
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames


@dataclass(frozen=True, kw_only=True)
class SceneLatents:
    """Latents of the pairs of all scenes under one nuisance."""

    codes: NDArray[np.int64] | None
    """``(pair, code)``; None where latents are continuous."""
    pre_quantized: NDArray[np.float32]
    """``(pair, code * quant_dim)``."""
    codebook_size: int

    @property
    def probed(self) -> NDArray[np.float32]:
        """What a probe reads: codes as zeros and ones, or vectors where there are none."""
        return self.pre_quantized if self.codes is None else one_hot(self.codes, self.codebook_size)


@torch.no_grad()
def encode_frames(
    laq: LatentActionQuantizer, frames: NDArray[np.uint8], *, batch_size: int
) -> SceneLatents:
    """Encode ``uint8 (pair, 2, height, width, 3)``, batch by batch, without decoding anything."""
    device = device_of(laq)
    every = torch.from_numpy(frames)
    parts = [
        laq.quantizer(laq.delta(to_frames(every[start : start + batch_size].to(device))))
        for start in range(0, len(every), batch_size)
    ]
    pre = torch.cat([part.pre_quantized.float().cpu() for part in parts]).numpy()
    codes = torch.cat([part.codes.cpu() for part in parts]).numpy()
    return SceneLatents(
        codes=codes if laq.config.quantizer.has_codes else None,
        pre_quantized=rearrange(pre, "pair code dim -> pair (code dim)"),
        codebook_size=laq.quantizer.codebook_size,
    )
