"""Two sizes of the same measurement: the published models, and toys that show on a CPU that it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.model import LaqModelParams

PRESETS = Path(__file__).parents[2] / "conf" / "presets"
INSTRUCTION = "put the red cube on the blue plate"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large everything is, and how long it is measured."""

    laq: LaqModelParams
    laq_batches: tuple[int, ...]
    compat_batches: tuple[int, ...]
    compiled_batches: tuple[int, ...]
    dual_encoder: str
    """Preset of `foundation`."""
    action_tokens: str
    foundation_batch: int
    loader_pairs: int
    loader_steps: int
    loader_batch: int
    loader_workers: int
    seconds: float
    """That one figure is measured, at least."""


FULL = Sizes(
    laq=LaqModelParams(),
    laq_batches=(16, 32, 64, 128),
    compat_batches=(32, 64),
    compiled_batches=(64, 128),
    dual_encoder="dual_encoder_7b",
    action_tokens="action_tokens_2b",
    foundation_batch=16,
    loader_pairs=12000,
    loader_steps=150,
    loader_batch=64,
    loader_workers=12,
    seconds=2.0,
)
TOY = Sizes(
    laq=LaqModelParams(
        image_size=64, patch_size=8, dim=32, heads=2, spatial_depth=1, temporal_depth=1
    ),
    laq_batches=(2, 4),
    compat_batches=(2,),
    compiled_batches=(),
    dual_encoder="dual_encoder_tiny",
    action_tokens="action_tokens_tiny",
    foundation_batch=2,
    loader_pairs=120,
    loader_steps=4,
    loader_batch=4,
    loader_workers=0,
    seconds=0.0,
)


def foundation_params(preset: str, *, batch: int, **changes: Any) -> FoundationParams:
    """A preset of `foundation` on one device, its weights random instead of published.

    Args:
        preset: file of `conf/presets/foundation`.
        batch: samples a step.
        changes: of the whole section, laid over it.
    """
    section = _read(preset)
    one_device = {"devices": 1, "nodes": 1, "batch_size": batch, "accelerator": "auto"}
    section["trainer"] |= one_device
    section |= {"accumulate": 1, "shard": False, **changes}
    params = FoundationParams.model_validate(section)
    return params.model_copy(update={"backend": params.backend.without_pretrained()})


def _read(preset: str) -> dict[str, Any]:
    """A preset laid on the one that it names; read without the configuration loader, which needs Kedro."""
    text = (PRESETS / "foundation" / f"{preset}.yml").read_text(encoding="utf-8")
    # ${env:NAME,default} names a folder of published weights; none is read here
    section = yaml.safe_load(re.sub(r"\$\{env:[^}]*\}", "published", text))["foundation"]
    below = section.pop("preset", None)
    return _laid_over(_read(below), section) if below else section


def _laid_over(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for name, value in upper.items():
        is_mapping = isinstance(value, dict) and isinstance(lower.get(name), dict)
        merged[name] = _laid_over(lower[name], value) if is_mapping else value
    return merged
