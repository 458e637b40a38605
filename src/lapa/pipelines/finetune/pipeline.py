"""Stage 3: real actions from few labels; one policy per arm.

```
clip_shards (few labelled episodes), <arm>.foundation_checkpoint ─ train_policy ─► <arm>.policy_checkpoint
<arm>.latent_labels, of arms that have some ─────────────────────────────┘
```

The labels are read only to train on codes and actions together (`joint_latent_weight`).
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
    inputs = ["clip_shards", "foundation_checkpoint", "params:finetune", "params:work"]
    node = Node(
        train_policy,
        inputs=[*inputs, "latent_labels"] if arm in PRETRAINED_ARMS else inputs,
        outputs="policy_checkpoint",
        name="train_policy",
    )
    return Pipeline(
        [node],
        namespace=arm,
        inputs="clip_shards",
        parameters={"params:finetune", "params:work"},
    )
