"""Stage 3: real actions from few labels; one policy per arm.

```
<dataset>.clip_shards (few labelled episodes), <arm>.foundation_checkpoint ─ train_policy ─► <arm>.policy_checkpoint
mixture, <arm>.latent_labels, its quantiser, if it has them ─────────────────────┘
```

The dataset is the robot's own (`finetune.dataset`), whether or not the mixture watches it too. The labels,
which are those of the mixture, are used only to train on codes and actions together
(`joint_latent_weight`), the quantiser only for its codebook (`head.embeddings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.arms import Arm
from lapa.params.experiment import Experiment
from lapa.pipelines.arms import MIXTURE, QUANTIZER, arm_node, per_arm
from lapa.pipelines.finetune.nodes import train_policy


def create_pipeline(
    arms: Sequence[Arm] | None = None, experiment: Experiment | None = None, **kwargs: Any
) -> Pipeline:
    """The same finetuning for every arm; nothing where the experiment names no robot set."""
    own = experiment or current_experiment()
    if own.labeled is None:
        return Pipeline([])
    return per_arm(own.chosen_arms if arms is None else arms, partial(_policy, own.labeled))


def _policy(robot: str, arm: Arm) -> Pipeline:
    codes = {"labels": "latent_labels", "mixture": MIXTURE}
    quantizer = {"laq": QUANTIZER} if arm.quantizer else {}
    return arm_node(
        arm,
        train_policy,
        shards=f"{robot}.clip_shards",
        foundation="foundation_checkpoint",
        finetune="params:finetune",
        **(codes if arm.is_pretrained else {}),
        **quantizer,
        outputs="policy_checkpoint",
        name="train_policy",
    )
