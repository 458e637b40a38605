"""Labels for pretraining, once per arm that has some; what makes them is the arm's own.

```
mixture ─┬─ lapa.label_shards       (laq_checkpoint)        ─► lapa.latent_labels ─ permute_labels ─► shuffled_codes.…
         ├─ random_laq.label_shards (random_laq_checkpoint) ─► random_laq.latent_labels
         ├─ action_pretrained.label_actions                 ─► action_pretrained.latent_labels
         └─ inverse_dynamics.label_shards (its own model)   ─► inverse_dynamics.latent_labels

<dataset>.clip_shards (few labelled episodes) ─ inverse_dynamics.train_inverse_dynamics ─► its own model
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.arms import Arm
from lapa.params.experiment import Experiment
from lapa.params.label_sources import (
    PermutedCodes,
    PredictedActions,
    QuantizerCodes,
    TrueActions,
)
from lapa.pipelines.arms import QUANTIZER, arm_node, per_arm
from lapa.pipelines.labeling.nodes import (
    label_actions,
    label_shards,
    permute_labels,
    train_inverse_dynamics,
)

LABELS = "latent_labels"
MODEL = "inverse_dynamics_checkpoint"
EPISODES = {
    "dataset": "params:finetune.dataset",
    "labeled_episodes": "params:finetune.labeled_episodes",
    "labeled_fraction": "params:finetune.labeled_fraction",
    "labeled_balance": "params:finetune.labeled_balance",
    "seed": "params:finetune.trainer.seed",
}
"""What of finetuning decides which episodes show their actions; another head labels nothing anew."""


def create_pipeline(
    arms: Sequence[Arm] | None = None, experiment: Experiment | None = None, **kwargs: Any
) -> Pipeline:
    """One labelling per pretrained arm, and what only it needs."""
    own = experiment or current_experiment()
    chosen = own.chosen_arms if arms is None else arms
    return per_arm((arm for arm in chosen if arm.is_pretrained), lambda arm: _labels(arm, own))


def _labels(arm: Arm, experiment: Experiment) -> Pipeline:
    return MAKERS[type(arm.labels)](arm, experiment)


def _coded(arm: Arm, experiment: Experiment) -> Pipeline:
    return _by_model(arm, QUANTIZER)


def _by_model(arm: Arm, model: str) -> Pipeline:
    return arm_node(
        arm,
        label_shards,
        model=model,
        pairs="params:pairs",
        labeling="params:labeling",
        outputs=LABELS,
        name="label_shards",
    )


def _permuted(arm: Arm, experiment: Experiment) -> Pipeline:
    """The labels of the other arm too: it need not be one of the experiment."""
    assert isinstance(arm.labels, PermutedCodes)  # noqa: S101 - `MAKERS` chose by it
    source, quantizer = arm.labels.codes_of, QuantizerCodes(quantizer=arm.labels.quantizer)
    original = arm.model_copy(update={"name": source, "labels": quantizer})
    permuted = arm_node(
        arm,
        permute_labels,
        labels=f"{source}.{LABELS}",
        pairs="params:pairs",
        outputs=LABELS,
        name="permute_labels",
        shared=(f"{source}.{LABELS}",),
    )
    return _coded(original, experiment) + permuted


def _true_actions(arm: Arm, experiment: Experiment) -> Pipeline:
    return arm_node(
        arm,
        label_actions,
        pairs="params:pairs",
        labeling="params:labeling",
        outputs=LABELS,
        name="label_actions",
    )


def _predicted_actions(arm: Arm, experiment: Experiment) -> Pipeline:
    fitted = arm_node(
        arm,
        train_inverse_dynamics,
        shards=f"{experiment.labeled}.clip_shards",
        pairs="params:pairs",
        inverse_dynamics="params:inverse_dynamics",
        **EPISODES,
        outputs=MODEL,
        name="train_inverse_dynamics",
    )
    return fitted + _by_model(arm, MODEL)


MAKERS: dict[type[Any], Callable[[Arm, Experiment], Pipeline]] = {
    QuantizerCodes: _coded,
    PermutedCodes: _permuted,
    TrueActions: _true_actions,
    PredictedActions: _predicted_actions,
}
"""Kind of labels -> the nodes that make them."""
