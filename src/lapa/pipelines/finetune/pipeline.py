"""Stage 3: real actions from few labels; one policy per arm.

```
clip_shards (few labelled episodes), <arm>.foundation_checkpoint ─ train_policy ─► <arm>.policy_checkpoint
<arm>.latent_labels and its quantiser, if pretrained ────────────────────┘
```

The labels are used only to train on codes and actions together (`joint_latent_weight`), the quantiser
only for its codebook (`head.embeddings`).
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.arms import ARMS, PRETRAINED_ARMS
from lapa.pipelines.finetune.nodes import train_policy


def create_pipeline(**kwargs: Any) -> Pipeline:
    """The same finetuning for every arm."""
    return sum((_arm(arm) for arm in ARMS), Pipeline([]))


def _arm(arm: str) -> Pipeline:
    shared = {"clip_shards": "clip_shards"}
    inputs = ["clip_shards", "foundation_checkpoint", "params:finetune", "params:work"]
    if arm in PRETRAINED_ARMS:
        shared["laq_checkpoint"] = PRETRAINED_ARMS[arm]
        inputs += ["latent_labels", "laq_checkpoint"]
    node = Node(train_policy, inputs=inputs, outputs="policy_checkpoint", name="train_policy")
    return Pipeline(
        [node],
        namespace=arm,
        inputs=shared,
        parameters={"params:finetune", "params:work"},
    )
