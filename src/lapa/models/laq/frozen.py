"""A frozen quantiser as a provider of labels: pixels in, codes out, the same for all users."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor

from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.models.layers.pixels import to_float
from lapa.params.laq.model import LaqModelParams

_CACHED_BYTES = 2**24
"""Of the widest activation on a CPU: what its last-level cache can hold beside weights."""


class FrozenQuantizer:
    """Codes of frame pairs by a quantiser that never changes.

    Labelling in advance and labelling during training both go through here, so that the same
    pair gets the same codes from either.
    """

    def __init__(self, *, folder: Path, device: torch.device, precision: str = "32-true") -> None:
        self.model: LatentActionQuantizer = load_laq(folder).to(device).requires_grad_(False)
        self._device = device
        self._half = precision == "bf16-mixed"
        self._at_once = pairs_at_once(self.model.config) if device.type == "cpu" else None

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
        """Label pairs; on a CPU in parts whose activations stay in its cache, a third faster than 128 at once.

        Args:
            frames: ``uint8 (batch, 2, height, width, 3)``: frame t and frame t+H.

        Returns:
            ``int64 (batch, code)`` on the quantiser's device.
        """
        parts = torch.split(frames, self._at_once or len(frames))
        return torch.cat([self._codes(part) for part in parts])

    def _codes(self, frames: Tensor) -> Tensor:
        pixels = rearrange(to_float(frames.to(self._device)), "b t c h w -> b c t h w")
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            return self.model.codes(pixels)

    def codebook_digest(self) -> str:
        """SHA-256 over the quantiser's own weights (the codebook and what belongs to it)."""
        sha = hashlib.sha256()
        for name, tensor in sorted(self.model.quantizer.state_dict().items()):
            sha.update(name.encode())
            sha.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return sha.hexdigest()


def pairs_at_once(config: LaqModelParams) -> int:
    """How many pairs go through a CPU together: 32 at the size of the demo."""
    floats = 2 * config.grid_size**2 * (16 * config.dim // 3)  # the expanded feed-forward, float32
    return max(1, _CACHED_BYTES // (4 * floats))
