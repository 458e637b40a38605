"""Sizes of quantizers that are measured."""

from __future__ import annotations

from lapa.params.laq.model import LaqModelParams

SMALL = LaqModelParams(
    image_size=64, patch_size=8, dim=256, heads=4, spatial_depth=4, temporal_depth=4
)
TINY = LaqModelParams(
    image_size=32, patch_size=4, dim=32, heads=2, spatial_depth=1, temporal_depth=1
)
