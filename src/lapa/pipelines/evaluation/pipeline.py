"""What it is all worth: probes, closed loop, one report.

```
mixture, laq_checkpoint, random_laq_checkpoint ─ evaluate_laq ─► laq_report, laq_pairs ───┐
<dataset>.clip_shards, <arm>.policy_checkpoint ─ evaluate_policy ─► <arm>.policy_report ─ write_report ─► report
                                                                                          └───► success_table
mixture, laq_report ─ write_laq_page ─► laq_page
```

The dataset is the robot's own (`finetune.dataset`); without one there are no policies, and the page about
codes is the end. Both also take the checkpoints they must be about: <arm>.foundation_checkpoint, and for the page
<arm>.policy_checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.arms import Arm
from lapa.params.experiment import Experiment
from lapa.pipelines.arms import arm_node, per_arm
from lapa.pipelines.evaluation.nodes import (
    evaluate_laq,
    evaluate_policy,
    write_laq_page,
    write_report,
)
from lapa.pipelines.stage import stage_node

OF_ARMS = ("policy_report", "policy_checkpoint", "foundation_checkpoint")
"""What the last page takes of every arm: metrics, and the checkpoints they must be about."""


def create_pipeline(
    arms: Sequence[Arm] | None = None, experiment: Experiment | None = None, **kwargs: Any
) -> Pipeline:
    """Measure the codes; where there is a robot set roll out every arm and write the report."""
    own = experiment or current_experiment()
    if own.labeled is None:
        return _codes()
    chosen, shards = own.chosen_arms if arms is None else arms, f"{own.labeled}.clip_shards"
    return _codes() + per_arm(chosen, partial(_policy_report, shards)) + _report(chosen, shards)


def _codes() -> Pipeline:
    return Pipeline(
        [
            stage_node(
                evaluate_laq,
                shards="mixture",
                laq="laq_checkpoint",
                random_laq="random_laq_checkpoint",
                evaluation="params:evaluation",
                outputs=["laq_report", "laq_pairs"],
                name="evaluate_laq",
            ),
            stage_node(
                write_laq_page,
                shards="mixture",
                laq="laq_report",
                evaluation="params:evaluation",
                outputs="laq_page",
                name="write_laq_page",
            ),
        ]
    )


def _report(arms: Sequence[Arm], shards: str) -> Pipeline:
    of_arms = [f"{arm.name}.{name}" for name in OF_ARMS for arm in arms]
    return Pipeline(
        [
            stage_node(
                write_report,
                evaluation="params:evaluation",
                mixture="mixture",
                shards=shards,
                laq="laq_report",
                **dict(zip(of_arms, of_arms, strict=True)),
                outputs=["report", "success_table"],
                name="write_report",
            ),
        ]
    )


def _policy_report(shards: str, arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        evaluate_policy,
        shards=shards,
        policy="policy_checkpoint",
        foundation="foundation_checkpoint",
        evaluation="params:evaluation",
        outputs="policy_report",
        name="evaluate_policy",
    )
