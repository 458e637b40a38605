"""What decides each run of a cell: runs whose digests are equal are one run.

```
data ──────► laq ──────► pretraining of an arm ──────► policy (the cell)
recording,   pairs,      arm, labeling, foundation     finetune, evaluation
datasets,    laq
ingestion, mixture
```

Each digest is over the sections named below it and those before, so a variant that changes `finetune` alone
shares everything above. Quantiser and backbone depend on what is watched, not on the robot's set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lapa.params.arms import KNOWN, Arm
from lapa.params.experiment import Experiment
from lapa.params.label_sources import PredictedActions, QuantizerCodes
from lapa.records import digest_of

DATA = ("recording", "datasets", "ingestion", "mixture")
QUANTIZER = ("pairs", "laq")
PRETRAINING = ("pairs", "labeling", "foundation")
INVERSE_DYNAMICS = "inverse_dynamics"
"""The section of arms whose labels are guessed by a model of the labelled episodes."""
LABELED = ("dataset", "labeled_episodes", "labeled_fraction", "labeled_balance")
"""Of `finetune`: which episodes show their actions, beside the seed."""
POLICY = ("finetune", "evaluation")
"""Sections of each part: together they are all sections (`lapa.params.sections`)."""
CLOSED_LOOP = "rollout"
"""Of `evaluation`, what a quantiser is measured without."""
Facts = Mapping[str, Any]
"""Section -> everything that decides a result (`lapa.folders.asked`)."""


@dataclass(frozen=True)
class Ancestry:
    """The digest of every part that a cell is made from, and of the cell itself."""

    data: str
    laq: str | None
    """None where the arm needs no quantiser."""
    upstream: str | None
    """Of the quantiser's figures."""
    pretraining: str | None
    """None where nothing is pretrained."""
    policy: str


def ancestry_of(arm: Arm, facts: Facts, experiment: Experiment) -> Ancestry:
    """What decides each part of a cell.

    Args:
        arm: of the cell.
        facts: of all sections, with what the cell alone gives.
        experiment: which datasets are watched and labelled.
    """
    watched = digest_of(_of_data(facts, experiment.watched))
    data = digest_of(_of_data(facts, experiment.datasets))
    laq = digest_of([watched, _chosen(facts, QUANTIZER)]) if arm.quantizer else None
    measured = isinstance(arm.labels, QuantizerCodes)
    backbone = digest_of([_which(arm), laq or watched, _of_pretraining(arm, facts, data)])
    return Ancestry(
        data=data,
        laq=laq,
        upstream=digest_of([laq, _without_closed_loop(facts)]) if laq and measured else None,
        pretraining=backbone if arm.is_pretrained else None,
        policy=digest_of([data, backbone, _chosen(facts, POLICY)]),
    )


def _which(arm: Arm) -> Any:
    """What tells an arm from all others: those from outside may change what labels them under the same name."""
    if arm in KNOWN:
        return arm.name
    return [arm.name, None if arm.labels is None else arm.labels.model_dump(mode="json")]


def _of_pretraining(arm: Arm, facts: Facts, data: str) -> dict[str, Any]:
    """What decides the backbone of an arm, beside what it watched and its quantiser.

    Inverse dynamics are learnt from the labelled episodes of the policy.
    """
    unread = () if arm.is_pretrained else ("labeling",)
    sections = _chosen(facts, tuple(name for name in PRETRAINING if name not in unread))
    if not isinstance(arm.labels, PredictedActions):
        return sections
    labels = {name: facts["finetune"].get(name) for name in LABELED}
    seed = facts["finetune"]["trainer"].get("seed")
    return {**sections, **_chosen(facts, (INVERSE_DYNAMICS,)), "robot": [data, labels, seed]}


def _of_data(facts: Facts, datasets: tuple[str, ...]) -> dict[str, Any]:
    """The sections that decide shard sets and mixture, of the datasets alone that are used.

    What is recorded stands in each simulated set, where the loader has laid it over `recording`.
    """
    described = {name: facts["datasets"][name] for name in sorted(datasets)}
    sections = _chosen(facts, tuple(name for name in DATA if name != "recording"))
    return {**sections, "datasets": described}


def _chosen(facts: Facts, sections: tuple[str, ...]) -> dict[str, Any]:
    return {name: facts[name] for name in sections}


def _without_closed_loop(facts: Facts) -> dict[str, Any]:
    return {name: value for name, value in facts["evaluation"].items() if name != CLOSED_LOOP}
