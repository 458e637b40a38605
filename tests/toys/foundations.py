"""Parameters of a stage-2 training that takes seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lapa.params.foundation.stage import FoundationParams
from lapa.records import LabelSet, ShardSet
from toys.labeled_squares import K, S


def params(**overrides: Any) -> FoundationParams:
    """Small and quick; nested groups are merged."""
    backend = {"kind": "film_cnn", "image_size": 16, "channels": 16, "blocks": 1, "text_dim": 8}
    settings: dict[str, Any] = {
        "backend": {**backend, "feature_dim": 32},
        "code_seq_len": S,
        "codebook_size": K,
        "optimizer": {"learning_rate": 3e-3, "warmup_steps": 2},
        "trainer": {
            "max_steps": 6,
            "batch_size": 8,
            "validate_every": 100,
            "checkpoint_every": 2,
            "log_every": 1,
            "accelerator": "cpu",
        },
    }
    for name, value in overrides.items():
        nested = isinstance(value, dict) and isinstance(settings.get(name), dict)
        settings[name] = {**settings[name], **value} if nested else value
    return FoundationParams(**settings)


def arguments(
    shards: ShardSet, labels: LabelSet, config: FoundationParams, work: Path
) -> dict[str, Any]:
    """Keyword arguments of `lapa.training.foundation.fit`, JSON-able."""
    return {
        "shards": shards.model_dump(mode="json"),
        "labels": labels.model_dump(mode="json"),
        "params": config.model_dump(mode="json"),
        "work": str(work),
    }
