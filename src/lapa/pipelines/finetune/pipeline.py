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

from kedro.pipeline import Pipeline

from lapa.pipelines.arms import ARMS, PRETRAINED_ARMS, in_arm
from lapa.pipelines.finetune.nodes import train_policy
from lapa.pipelines.stage import stage_node


def create_pipeline(**kwargs: Any) -> Pipeline:
    """The same finetuning for every arm."""
    return sum((_arm(arm) for arm in ARMS), Pipeline([]))


def _arm(arm: str) -> Pipeline:
    shared = {"clip_shards": "clip_shards"}
    codes = {}
    if arm in PRETRAINED_ARMS:
        shared["laq_checkpoint"] = PRETRAINED_ARMS[arm]
        codes = {"labels": "latent_labels", "laq": "laq_checkpoint"}
    node = stage_node(
        train_policy,
        shards="clip_shards",
        foundation="foundation_checkpoint",
        finetune="params:finetune",
        **codes,
        outputs="policy_checkpoint",
        name="train_policy",
    )
    return in_arm(arm, node, shared)
