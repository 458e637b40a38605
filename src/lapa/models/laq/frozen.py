"""A frozen quantiser as a provider of labels: pixels in, codes out, the same for all users."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor

from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.parts import cached_parts
from lapa.models.laq.storage import load_laq
from lapa.models.layers.pixels import to_float


class FrozenQuantizer:
    """Codes of frame pairs by a quantiser that never changes.

    Labelling in advance and labelling during training both go through here, so that the same
    pair gets the same codes from either.
    """

    def __init__(self, *, folder: Path, device: torch.device, precision: str = "32-true") -> None:
        self.model: LatentActionQuantizer = load_laq(folder).to(device).requires_grad_(False)
        self._device = device
        self._half = precision == "bf16-mixed"

    @property
    def code_seq_len(self) -> int:
        """S."""
        return self.model.config.code_seq_len

    @property
    def codebook_size(self) -> int:
        """K."""
        return self.model.config.codebook_size

    @torch.no_grad()
    def codes(self, frames: Tensor) -> Tensor:
        """Label pairs.

        Args:
            frames: ``uint8 (batch, 2, height, width, 3)``: frame t and frame t+H.

        Returns:
            ``int64 (batch, code)`` on the quantiser's device.
        """
        parts = cached_parts(frames.to(self._device), self.model.config)
        return torch.cat([self._codes(part) for part in parts])

    def _codes(self, frames: Tensor) -> Tensor:
        pixels = rearrange(to_float(frames), "b t c h w -> b c t h w")
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            return self.model.codes(pixels)

    def codebook_digest(self) -> str:
        """SHA-256 over the quantiser's own weights (the codebook and what belongs to it)."""
        sha = hashlib.sha256()
        for name, tensor in sorted(self.model.quantizer.state_dict().items()):
            sha.update(name.encode())
            sha.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return sha.hexdigest()
