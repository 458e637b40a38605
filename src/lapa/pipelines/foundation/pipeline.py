"""Stage 2: predict latent actions from what the robot sees and was told.

```
mixture, laq_checkpoint, lapa.latent_labels              ─ train_foundation ─► lapa.foundation_checkpoint
mixture, random_laq_checkpoint, random_laq.latent_labels ─ train_foundation ─► random_laq.foundation_checkpoint
mixture                                             ─ initialize_foundation ─► scratch.foundation_checkpoint
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.params.arms import ARMS, Arm
from lapa.pipelines.arms import arm_node, per_arm
from lapa.pipelines.foundation.nodes import initialize_foundation, train_foundation


def create_pipeline(arms: Sequence[Arm] = ARMS, **kwargs: Any) -> Pipeline:
    """One pretraining per arm that has one, and an untrained backbone for the others."""
    return per_arm(arms, lambda arm: _pretrained(arm) if arm.is_pretrained else _untrained(arm))


def _pretrained(arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        train_foundation,
        labels="latent_labels",
        laq="laq_checkpoint",
        foundation="params:foundation",
        outputs="foundation_checkpoint",
        name="train_foundation",
    )


def _untrained(arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        initialize_foundation,
        pairs="params:pairs",
        foundation="params:foundation",
        outputs="foundation_checkpoint",
        name="initialize_foundation",
    )
