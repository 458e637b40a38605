"""Foundation backends of about 0.2 M parameters, and the published sizes without their weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lapa.cli.plan import foundation_of
from lapa.params.foundation.action_tokens import ActionTokensParams
from lapa.params.foundation.dual_encoder import (
    DualEncoderParams,
    LanguageModelParams,
    VisionEncoderParams,
)
from lapa.params.foundation.stage import FoundationParams

PROJECT = Path(__file__).parents[2]


def tiny(**overrides: Any) -> DualEncoderParams:
    """Both encoders train, the tokenizer is made from the instructions."""
    vision = {"hidden_size": 32, "intermediate_size": 64, "layers": 1, "heads": 2}
    settings: dict[str, Any] = {
        "siglip": VisionEncoderParams(image_size=32, patch_size=8, **vision),
        "dinov2": VisionEncoderParams(image_size=32, patch_size=8, **vision),
        "language": LanguageModelParams(
            hidden_size=64, intermediate_size=128, layers=2, heads=4, max_positions=128
        ),
    }
    return DualEncoderParams(**{**settings, **overrides})


def tiny_tokens(**overrides: Any) -> ActionTokensParams:
    """4 image tokens; the processor is made from the instructions."""
    return ActionTokensParams(**{"image_size": 32, **overrides})


def published(preset: str) -> FoundationParams:
    """Stage 2 as `conf/presets/foundation` has it under this name."""
    return foundation_of(PROJECT, "base", {"foundation": {"preset": preset}})


def dual_encoder_7b() -> DualEncoderParams:
    """The published sizes, to be made from random weights."""
    backend = published("dual_encoder_7b").backend
    assert isinstance(backend, DualEncoderParams)
    parts = {name: getattr(backend, name) for name in ("siglip", "dinov2", "language")}
    fresh = {n: part.model_copy(update={"pretrained": None}) for n, part in parts.items()}
    return backend.model_copy(update=fresh)
