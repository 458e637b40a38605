"""Stage 2: predict latent actions from what the robot sees and was told.

```
clip_shards, laq_checkpoint, lapa.latent_labels              ─ train_foundation ─► lapa.foundation_checkpoint
clip_shards, random_laq_checkpoint, random_laq.latent_labels ─ train_foundation ─► random_laq.foundation_checkpoint
clip_shards                                             ─ initialize_foundation ─► scratch.foundation_checkpoint
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.pipelines.arms import PRETRAINED_ARMS, in_arm
from lapa.pipelines.foundation.nodes import initialize_foundation, train_foundation
from lapa.pipelines.stage import stage_node


def create_pipeline(**kwargs: Any) -> Pipeline:
    """One pretraining per arm that has one, and an untrained model for `scratch`."""
    return sum((_pretrained(arm, laq) for arm, laq in PRETRAINED_ARMS.items()), _scratch())


def _pretrained(arm: str, laq_checkpoint: str) -> Pipeline:
    node = stage_node(
        train_foundation,
        shards="clip_shards",
        labels="latent_labels",
        laq="laq_checkpoint",
        foundation="params:foundation",
        outputs="foundation_checkpoint",
        name="train_foundation",
    )
    return in_arm(arm, node, {"clip_shards": "clip_shards", "laq_checkpoint": laq_checkpoint})


def _scratch() -> Pipeline:
    node = stage_node(
        initialize_foundation,
        shards="clip_shards",
        pairs="params:pairs",
        foundation="params:foundation",
        outputs="foundation_checkpoint",
        name="initialize_foundation",
    )
    return in_arm("scratch", node, {"clip_shards": "clip_shards"})
