"""A frozen quantiser labels video; once per arm that is pretrained.

```
clip_shards ─┬─ lapa.label_shards       (laq_checkpoint)        ─► lapa.latent_labels
             └─ random_laq.label_shards (random_laq_checkpoint) ─► random_laq.latent_labels
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.arms import PRETRAINED_ARMS
from lapa.pipelines.labeling.nodes import label_shards


def create_pipeline(**kwargs: Any) -> Pipeline:
    """One labelling per pretrained arm."""
    return sum((_arm(arm, laq) for arm, laq in PRETRAINED_ARMS.items()), Pipeline([]))


def _arm(arm: str, laq_checkpoint: str) -> Pipeline:
    node = Node(
        label_shards,
        inputs=[
            "clip_shards",
            "laq_checkpoint",
            "params:pairs",
            "params:labeling",
            "params:work",
        ],
        outputs="latent_labels",
        name="label_shards",
    )
    return Pipeline(
        [node],
        namespace=arm,
        inputs={"clip_shards": "clip_shards", "laq_checkpoint": laq_checkpoint},
        parameters={"params:pairs", "params:labeling", "params:work"},
    )
