"""Sizes of all stages that prove the wiring and say nothing about the method."""

from __future__ import annotations

from typing import Any

STEPS = {
    "max_steps": 8,
    "batch_size": 8,
    "validate_every": 4,
    "val_max_samples": 16,
    "num_threads": 1,
}
TINY: dict[str, Any] = {
    "laq": {
        "model": {"dim": 32, "heads": 1, "head_dim": 32, "decoder_depth": 1, "grid_channels": 8},
        "codebook": {"initial_batches": 1},
        "optimizer": {"warmup_steps": 2},
        "trainer": STEPS | {"precision": "32-true"},
    },
    "labeling": {"num_threads": 1},
    "foundation": {
        "backend": {"channels": 8, "feature_dim": 16},
        "optimizer": {"warmup_steps": 2},
        "trainer": STEPS,
    },
    "finetune": {
        "optimizer": {"warmup_steps": 2},
        "trainer": {"max_steps": 8, "batch_size": 8, "validate_every": 4, "num_threads": 1},
        "unpretrained_max_steps": 8,
    },
    "evaluation": {"plots": False, "probe": {"folds": 2, "resamples": 20, "max_iterations": 10}},
}
