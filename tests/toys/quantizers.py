"""A quantizer with untrained weights, stored as a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.storage import save_laq
from lapa.params.laq.model import LaqModelParams
from lapa.records import Checkpoint, PairSpec
from toys.labeled_squares import SPEC

BuildSmall = Callable[..., LatentActionQuantizer]
"""Builds a seeded small quantizer with any option changed."""


def tiny_laq(folder: Path, *, seed: int = 0, pair_spec: PairSpec = SPEC) -> Checkpoint:
    """An untrained quantiser for 16-pixel frames: S = 4, K = 8."""
    torch.manual_seed(seed)
    config = LaqModelParams(
        image_size=16,
        patch_size=2,
        dim=16,
        heads=2,
        head_dim=8,
        quant_dim=4,
        spatial_depth=1,
        temporal_depth=1,
        encode_difference=True,
    )
    digest = save_laq(folder, LatentActionQuantizer(config))
    return Checkpoint(
        path=str(folder),
        kind="laq",
        step=0,
        digest=digest,
        inputs={},
        pair_spec=pair_spec,
        code_version="test",
    )
