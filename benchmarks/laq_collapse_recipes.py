"""The recipes of the collapse comparison: the default, one option less, the original's, quantisers.

A recipe is a set of changes to the parameters in ``conf/base/parameters/laq.yml``, so that the
comparison follows the default instead of repeating it, but for `COMMON`, which the published tables have in common.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.params.laq.stage import LaqParams

CONF = Path(__file__).parents[1] / "conf"

ORIGINAL_MODEL = {
    "lapa_compat": True,
    "decoder_depth": None,  # the original has one depth for encoder and decoder
    "quant_dim": 32,
    "codebook_init": "normal",
    "encode_difference": False,
    "normalize_delta": False,
    "grid_channels": None,
    "embed_positions": False,
    "predict_difference": False,
}
ORIGINAL_OPTIMIZER = {  # plain Adam at a constant rate
    "learning_rate": 1e-4,
    "final_learning_rate": 1e-4,
    "warmup_steps": 0,
    "weight_decay": 0.0,
    "clip_norm": 0.5,
}
_ORIGINAL_ELSE = {"codebook": {"replace_every": 0}, "targets": {"pixels": {"motion_weight": 0.0}}}

COMMON = {"model": {"encode_difference": True}}
"""The default when docs/laq-collapse.md was measured; today's default is the recipe ``no_encode_difference``."""

RECIPES: dict[str, dict[str, Any]] = {
    "ours": {},
    "original": {"model": ORIGINAL_MODEL, "optimizer": ORIGINAL_OPTIMIZER, **_ORIGINAL_ELSE},
    "original_lr": {"model": ORIGINAL_MODEL, **_ORIGINAL_ELSE},
    "no_encode_difference": {"model": {"encode_difference": False}},
    "no_normalize_delta": {"model": {"normalize_delta": False}},
    "no_predict_difference": {"model": {"predict_difference": False}},
    "no_codebook_init": {"model": {"codebook_init": "normal"}},
    "no_normalize_no_init": {"model": {"normalize_delta": False, "codebook_init": "normal"}},
    "no_places": {"model": {"grid_channels": None, "embed_positions": False}},
    "no_motion_weight": {"targets": {"pixels": {"motion_weight": 0.0}}},
    "vq_ema": {"model": {"quantizer": {"kind": "vq_ema"}}},
    "fsq": {"model": {"quantizer": {"kind": "fsq"}}},
    "residual_vq": {"model": {"quantizer": {"kind": "residual_vq"}}},
    "none": {"model": {"quantizer": {"kind": "none"}}},
    "adafactor": {
        "optimizer": {"kind": "adafactor", "learning_rate": 2e-2, "final_learning_rate": 2e-4}
    },
    # beside the pixels, each with a weight that makes its first loss about as large as theirs
    "flow": {"targets": {"flow": {"weight": 0.01}}},
    "features": {"targets": {"features": {"weight": 0.01, "folder": "set by --features"}}},
    # labels of few pairs are one or two a batch: with a larger weight their noise drowns the pixels
    "actions": {"targets": {"actions": {"weight": 0.0001, "fraction": 0.05, "action_dim": 4}}},
    "all_actions": {"targets": {"actions": {"weight": 0.01, "fraction": 1.0, "action_dim": 4}}},
}


def recipe_params(
    name: str, *, seed: int, max_steps: int, precision: str = "bf16-mixed", features: str = ""
) -> LaqParams:
    """Parameters of one run; every recipe has the same budget and runs to its end.

    Args:
        name: of the recipe.
        seed: of weights, batches and noise.
        max_steps: optimiser steps.
        precision: of training, as in ``laq.trainer.precision``.
        features: folder of the frozen vision model of the recipe ``features``.

    Raises:
        KeyError: no such recipe.
    """
    budget = {
        "trainer": {
            "max_steps": max_steps,
            "batch_size": 32,
            "precision": precision,
            "num_threads": 1,
            "accelerator": "cpu",
            "seed": seed,
            "log_every": max_steps,
            "validate_every": max_steps,
            "checkpoint_every": max_steps + 1,
        },
        "collapse_gate": {"min_utilization": 0.0},
        "pictures": 0,
    }
    changes = merged(merged(COMMON, RECIPES[name]), budget)
    if name == "features":
        changes["targets"]["features"]["folder"] = features
    return LaqParams.model_validate(merged(environment_params(), changes))


def environment_params(environment: str = "base") -> dict[str, Any]:
    """The section ``laq`` of a configuration environment, laid over the default."""
    loader = ConfigLoader(str(CONF), env=environment, **CONFIG_LOADER_ARGS)
    section: dict[str, Any] = loader["parameters"]["laq"]
    return section


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Copy ``base`` with ``changes`` laid over it, section by section."""
    result = deepcopy(base)
    for name, value in changes.items():
        inner = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if inner else value
    return result
