"""Parameters of optical flow: who sees it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.params.base import Params


class RaftParams(Params):
    """RAFT as torchvision builds it; frozen."""

    weights: str = Field(min_length=1)
    """A file with torchvision's parameter names (``.safetensors``, ``.pth``, ``.pt``), or the name
    of weights that torchvision downloads itself: ``default``, ``c_t_v2``."""
    size: Literal["small", "large"] = "small"
    """1.0 or 5.3 million parameters."""
    updates: int = Field(default=12, gt=0)
    """Refinements of the flow; cost grows with them."""
