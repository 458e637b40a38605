"""Named sizes of foundation models: small ones for tests and CPUs, and published ones."""

from __future__ import annotations

from typing import Any

from lapa.params.foundation.action_tokens import ActionTokensParams, QwenSizes
from lapa.params.foundation.dual_encoder import (
    DualEncoderParams,
    LanguageModelParams,
    VisionEncoderParams,
)


def tiny(**overrides: Any) -> DualEncoderParams:
    """About 0.2 M parameters; both encoders train, the tokenizer is made from the instructions."""
    vision = {"hidden_size": 32, "intermediate_size": 64, "layers": 1, "heads": 2}
    settings: dict[str, Any] = {
        "siglip": VisionEncoderParams(image_size=32, patch_size=8, **vision),
        "dinov2": VisionEncoderParams(image_size=32, patch_size=8, **vision),
        "language": LanguageModelParams(
            hidden_size=64, intermediate_size=128, layers=2, heads=4, max_positions=128
        ),
    }
    return DualEncoderParams(**{**settings, **overrides})


def vla_7b(**overrides: Any) -> DualEncoderParams:
    """SigLIP-SO400M and DINOv2-L at 224 pixels (256 image tokens), Llama-2-7B."""
    settings: dict[str, Any] = {
        "siglip": VisionEncoderParams(
            hidden_size=1152, intermediate_size=4304, layers=27, heads=16
        ),
        "dinov2": VisionEncoderParams(
            hidden_size=1024, intermediate_size=4096, layers=24, heads=16
        ),
        "language": LanguageModelParams(
            vocabulary=32_000, hidden_size=4096, intermediate_size=11_008, layers=32, heads=32
        ),
    }
    return DualEncoderParams(**{**settings, **overrides})


def vla_2b_tokens(pretrained: str, **overrides: Any) -> ActionTokensParams:
    """Qwen3-VL-2B (Cosmos-Reason2-2B) from a local folder or hub id, answering in tokens."""
    sizes = QwenSizes(
        hidden_size=2048,
        intermediate_size=6144,
        layers=28,
        heads=16,
        key_value_heads=8,
        vision_hidden_size=1024,
        vision_intermediate_size=4096,
        vision_layers=24,
        vision_heads=16,
        vision_positions=2304,
        deepstack=(5, 11, 17),
        patch_size=16,
        embedding_rows=151_936,
    )
    settings: dict[str, Any] = {"pretrained": pretrained, "image_size": 224, "sizes": sizes}
    return ActionTokensParams(**{**settings, **overrides})


def tiny_tokens(**overrides: Any) -> ActionTokensParams:
    """About 0.2 M parameters, 4 image tokens; processor made from the instructions."""
    return ActionTokensParams(**{"image_size": 32, **overrides})
