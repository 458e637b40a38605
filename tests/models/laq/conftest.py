"""A quantiser small enough for a test."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.model import LaqModelParams
from toys.quantizers import BuildSmall

SMALL: dict[str, Any] = {
    "image_size": 32,
    "patch_size": 4,
    "dim": 32,
    "heads": 2,
    "head_dim": 16,
    "spatial_depth": 2,
    "temporal_depth": 1,
    "code_seq_len": 4,
    "quant_dim": 8,
    "codebook_size": 8,
}


@pytest.fixture
def small() -> dict[str, Any]:
    """Keyword arguments of a small configuration."""
    return dict(SMALL)


@pytest.fixture
def build_small() -> BuildSmall:
    """Build a seeded small model with any option changed."""

    def build(**changes: Any) -> LatentActionQuantizer:
        torch.manual_seed(0)
        return LatentActionQuantizer(LaqModelParams(**{**SMALL, **changes}))

    return build


@pytest.fixture
def frames() -> torch.Tensor:
    """Three random pairs ``(3, 3, 2, 32, 32)``."""
    return torch.rand(3, 3, 2, 32, 32, generator=torch.Generator().manual_seed(1))
