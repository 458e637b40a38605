"""Stage 2: predict latent actions from what the robot sees and was told.

```
clip_shards, laq_checkpoint, lapa.latent_labels              ─ train_foundation ─► lapa.foundation_checkpoint
clip_shards, random_laq_checkpoint, random_laq.latent_labels ─ train_foundation ─► random_laq.foundation_checkpoint
clip_shards                                             ─ initialise_foundation ─► scratch.foundation_checkpoint
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.arms import PRETRAINED_ARMS
from lapa.pipelines.foundation.nodes import initialise_foundation, train_foundation


def create_pipeline(**kwargs: Any) -> Pipeline:
    """One pretraining per arm that has one, and an untrained model for `scratch`."""
    return sum((_pretrained(arm, laq) for arm, laq in PRETRAINED_ARMS.items()), _scratch())


def _pretrained(arm: str, laq_checkpoint: str) -> Pipeline:
    node = Node(
        train_foundation,
        inputs=[
            "clip_shards",
            "latent_labels",
            "laq_checkpoint",
            "params:foundation",
            "params:work",
        ],
        outputs="foundation_checkpoint",
        name="train_foundation",
    )
    return Pipeline(
        [node],
        namespace=arm,
        inputs={"clip_shards": "clip_shards", "laq_checkpoint": laq_checkpoint},
        parameters={"params:foundation", "params:work"},
    )


def _scratch() -> Pipeline:
    node = Node(
        initialise_foundation,
        inputs=["clip_shards", "params:pairs", "params:foundation", "params:work"],
        outputs="foundation_checkpoint",
        name="initialise_foundation",
    )
    return Pipeline(
        [node],
        namespace="scratch",
        inputs="clip_shards",
        parameters={"params:pairs", "params:foundation", "params:work"},
    )
