"""A frozen quantiser labels video; once per arm that is pretrained.

```
clip_shards ─┬─ lapa.label_shards       (laq_checkpoint)        ─► lapa.latent_labels
             └─ random_laq.label_shards (random_laq_checkpoint) ─► random_laq.latent_labels
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.pipelines.arms import PRETRAINED_ARMS, in_arm
from lapa.pipelines.labeling.nodes import label_shards
from lapa.pipelines.stage import stage_node


def create_pipeline(**kwargs: Any) -> Pipeline:
    """One labelling per pretrained arm."""
    return sum((_arm(arm, laq) for arm, laq in PRETRAINED_ARMS.items()), Pipeline([]))


def _arm(arm: str, laq_checkpoint: str) -> Pipeline:
    node = stage_node(
        label_shards,
        shards="clip_shards",
        laq="laq_checkpoint",
        pairs="params:pairs",
        labeling="params:labeling",
        outputs="latent_labels",
        name="label_shards",
    )
    return in_arm(arm, node, {"clip_shards": "clip_shards", "laq_checkpoint": laq_checkpoint})
