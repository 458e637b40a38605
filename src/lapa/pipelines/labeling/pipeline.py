"""A frozen quantiser labels video; once per arm that is pretrained.

```
mixture ─┬─ lapa.label_shards       (laq_checkpoint)        ─► lapa.latent_labels
         └─ random_laq.label_shards (random_laq_checkpoint) ─► random_laq.latent_labels
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.params.arms import ARMS, Arm
from lapa.pipelines.arms import arm_node, per_arm
from lapa.pipelines.labeling.nodes import label_shards


def create_pipeline(arms: Sequence[Arm] = ARMS, **kwargs: Any) -> Pipeline:
    """One labelling per pretrained arm."""
    return per_arm((arm for arm in arms if arm.is_pretrained), _labels)


def _labels(arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        label_shards,
        laq="laq_checkpoint",
        pairs="params:pairs",
        labeling="params:labeling",
        outputs="latent_labels",
        name="label_shards",
    )
