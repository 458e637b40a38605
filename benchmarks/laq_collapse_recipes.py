"""The recipes of the collapse comparison: the default, one option less, the original's, quantisers.

A recipe is a set of changes to the parameters in ``conf/base/parameters/laq.yml``, so that the
comparison follows the default instead of repeating it.
"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from lapa.params.laq import LaqParams

CONF = Path(__file__).parents[1] / "conf" / "base"

ORIGINAL_MODEL = {
    "lapa_compat": True,
    "decoder_depth": None,  # the original has one depth for encoder and decoder
    "quant_dim": 32,
    "codebook_init": "normal",
    "encode_difference": False,
    "normalise_delta": False,
    "grid_channels": None,
    "embed_positions": False,
    "predict_difference": False,
}
ORIGINAL_OPTIMISER = {  # plain Adam at a constant rate
    "learning_rate": 1e-4,
    "final_learning_rate": 1e-4,
    "warmup_steps": 0,
    "weight_decay": 0.0,
    "clip_norm": 0.5,
}
_ORIGINAL_ELSE = {"codebook": {"replace_every": 0}, "targets": {"pixels": {"motion_weight": 0.0}}}

RECIPES: dict[str, dict[str, Any]] = {
    "ours": {},
    "original": {"model": ORIGINAL_MODEL, "optimiser": ORIGINAL_OPTIMISER, **_ORIGINAL_ELSE},
    "original_lr": {"model": ORIGINAL_MODEL, **_ORIGINAL_ELSE},
    "no_encode_difference": {"model": {"encode_difference": False}},
    "no_normalise_delta": {"model": {"normalise_delta": False}},
    "no_predict_difference": {"model": {"predict_difference": False}},
    "no_codebook_init": {"model": {"codebook_init": "normal"}},
    "no_normalise_no_init": {"model": {"normalise_delta": False, "codebook_init": "normal"}},
    "no_places": {"model": {"grid_channels": None, "embed_positions": False}},
    "no_motion_weight": {"targets": {"pixels": {"motion_weight": 0.0}}},
    "vq_ema": {"model": {"quantizer": "vq_ema"}},
    "fsq": {"model": {"quantizer": "fsq"}},
    "residual_vq": {"model": {"quantizer": "residual_vq"}},
    "none": {"model": {"quantizer": "none"}},
}


def recipe_params(name: str, *, seed: int, max_steps: int) -> LaqParams:
    """Parameters of one run; every recipe has the same budget and runs to its end.

    Raises:
        KeyError: no such recipe.
    """
    budget = {
        "trainer": {
            "max_steps": max_steps,
            "batch_size": 32,
            "num_threads": 1,
            "accelerator": "cpu",
            "seed": seed,
            "log_every": max_steps,
            "validate_every": max_steps,
            "checkpoint_every": max_steps + 1,
        },
        "collapse_gate": {"min_utilisation": 0.0},
        "pictures": 0,
    }
    return LaqParams.model_validate(merged(merged(default_params(), RECIPES[name]), budget))


def default_params() -> dict[str, Any]:
    """The section ``laq`` of the default configuration, with shared values filled in."""
    shared = yaml.safe_load((CONF / "globals.yml").read_text())
    text = (CONF / "parameters" / "laq.yml").read_text()
    filled = re.sub(r"\$\{globals:(\w+)\}", lambda found: str(shared[found[1]]), text)
    section: dict[str, Any] = _numbers(yaml.safe_load(filled)["laq"])
    return section


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Copy ``base`` with ``changes`` laid over it, section by section."""
    result = deepcopy(base)
    for name, value in changes.items():
        inner = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if inner else value
    return result


def _numbers(section: dict[str, Any]) -> dict[str, Any]:
    """YAML 1.1 reads ``1e-3`` as text."""
    return {name: _number(value) for name, value in section.items()}


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return _numbers(value)
    if isinstance(value, str) and re.fullmatch(r"-?[\d.]+e-?\d+", value):
        return float(value)
    return value
