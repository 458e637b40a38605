"""Stage 3: real actions from few labels; one policy per arm.

```
clip_shards (few labelled episodes), <arm>.foundation_checkpoint ─ train_policy ─► <arm>.policy_checkpoint
<arm>.latent_labels and its quantiser, if pretrained ────────────────────┘
```

The labels are used only to train on codes and actions together (`joint_latent_weight`), the quantiser
only for its codebook (`head.embeddings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.params.arms import ARMS, Arm
from lapa.pipelines.arms import arm_node, per_arm
from lapa.pipelines.finetune.nodes import train_policy


def create_pipeline(arms: Sequence[Arm] = ARMS, **kwargs: Any) -> Pipeline:
    """The same finetuning for every arm."""
    return per_arm(arms, _policy)


def _policy(arm: Arm) -> Pipeline:
    codes = {"labels": "latent_labels", "laq": "laq_checkpoint"} if arm.is_pretrained else {}
    return arm_node(
        arm,
        train_policy,
        foundation="foundation_checkpoint",
        finetune="params:finetune",
        **codes,
        outputs="policy_checkpoint",
        name="train_policy",
    )
