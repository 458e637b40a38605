"""Labels for pretraining, once per arm that has some; what makes them is the arm's own.

```
mixture ─┬─ lapa.label_shards       (laq_checkpoint)        ─► lapa.latent_labels ─ permute_labels ─► shuffled_codes.…
         ├─ random_laq.label_shards (random_laq_checkpoint) ─► random_laq.latent_labels
         ├─ action_pretrained.label_actions                 ─► action_pretrained.latent_labels
         └─ inverse_dynamics.label_shards (its own model)   ─► inverse_dynamics.latent_labels

<dataset>.clip_shards (few labelled episodes) ─ inverse_dynamics.train_inverse_dynamics ─► its own model
```

With `part=3/64` there is `<arm>.label_part ─► <arm>.label_parts` alone, by models that are there; with `part=merge/64`
`<arm>.label_shards` joins these parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.arms import Arm
from lapa.params.array_part import PART
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
    label_part,
    label_shards,
    merge_labels,
    permute_labels,
    train_inverse_dynamics,
)

LABELS = "latent_labels"
PARTS = "label_parts"
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
    return _by_model(arm, QUANTIZER, experiment)


def _by_model(arm: Arm, model: str, experiment: Experiment) -> Pipeline:
    inputs = {"model": model, "pairs": "params:pairs", "labeling": "params:labeling"}
    if experiment.makes_part:
        part = f"params:{PART}"
        return arm_node(arm, label_part, **inputs, part=part, outputs=PARTS, name="label_part")
    made = {"outputs": LABELS, "name": "label_shards"}
    if experiment.merges_parts:
        return arm_node(arm, merge_labels, **inputs, parts=PARTS, confirms=PARTS, **made)
    return arm_node(arm, label_shards, **inputs, **made)


def _permuted(arm: Arm, experiment: Experiment) -> Pipeline:
    """The labels of the other arm too: it need not be one of the experiment."""
    assert isinstance(arm.labels, PermutedCodes)  # noqa: S101 - `MAKERS` chose by it
    source, quantizer = arm.labels.codes_of, QuantizerCodes(quantizer=arm.labels.quantizer)
    original = arm.model_copy(update={"name": source, "labels": quantizer})
    if experiment.makes_part:
        return _coded(original, experiment)
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
    """They are read, not computed: the merge makes them."""
    if experiment.makes_part:
        return Pipeline([])
    return arm_node(
        arm,
        label_actions,
        pairs="params:pairs",
        labeling="params:labeling",
        outputs=LABELS,
        name="label_actions",
    )


def _predicted_actions(arm: Arm, experiment: Experiment) -> Pipeline:
    labeled = _by_model(arm, MODEL, experiment)
    if experiment.makes_part:
        return labeled
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
    return fitted + labeled


MAKERS: dict[type[Any], Callable[[Arm, Experiment], Pipeline]] = {
    QuantizerCodes: _coded,
    PermutedCodes: _permuted,
    TrueActions: _true_actions,
    PredictedActions: _predicted_actions,
}
"""Kind of labels -> the nodes that make them."""
