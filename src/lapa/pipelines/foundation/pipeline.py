"""Stage 2: predict the codes of an arm's labels from what the robot sees and was told.

```
mixture, lapa.latent_labels, laq_checkpoint              ─ train_foundation ─► lapa.foundation_checkpoint
mixture, random_laq.latent_labels, random_laq_checkpoint ─ train_foundation ─► random_laq.foundation_checkpoint
mixture, <arm>.latent_labels (actions, no quantiser)     ─ train_foundation ─► <arm>.foundation_checkpoint
mixture                                             ─ initialize_foundation ─► scratch.foundation_checkpoint
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.arms import Arm
from lapa.params.experiment import Experiment
from lapa.pipelines.arms import QUANTIZER, arm_node, per_arm
from lapa.pipelines.foundation.nodes import initialize_foundation, train_foundation


def create_pipeline(
    arms: Sequence[Arm] | None = None, experiment: Experiment | None = None, **kwargs: Any
) -> Pipeline:
    """One pretraining per arm that has one, and an untrained backbone for the others."""
    chosen = (experiment or current_experiment()).chosen_arms if arms is None else arms
    return per_arm(chosen, lambda arm: _pretrained(arm) if arm.is_pretrained else _untrained(arm))


def _pretrained(arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        train_foundation,
        labels="latent_labels",
        **({"laq": QUANTIZER} if arm.quantizer else {}),
        pairs="params:pairs",
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
