"""What it is all worth: probes, closed loop, one report.

```
clip_shards, laq_checkpoint, random_laq_checkpoint ─ evaluate_laq ─► laq_report ──────────┐
clip_shards, <arm>.policy_checkpoint ─ evaluate_policy ─► <arm>.policy_report ─ write_report ─► report
                                                                                          └───► success_table
clip_shards, laq_report ─ write_laq_page ─► laq_page
```

Both also take the checkpoints they must be about: <arm>.foundation_checkpoint, and for the page
<arm>.policy_checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedro.pipeline import Pipeline

from lapa.params.arms import ARMS, Arm
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


def create_pipeline(arms: Sequence[Arm] = ARMS, **kwargs: Any) -> Pipeline:
    """Measure the codes, roll out every arm, write the report."""
    return per_arm(arms, _policy_report) + _shared(arms)


def _shared(arms: Sequence[Arm]) -> Pipeline:
    of_arms = [f"{arm.name}.{name}" for name in OF_ARMS for arm in arms]
    return Pipeline(
        [
            stage_node(
                evaluate_laq,
                shards="clip_shards",
                laq="laq_checkpoint",
                random_laq="random_laq_checkpoint",
                evaluation="params:evaluation",
                outputs="laq_report",
                name="evaluate_laq",
            ),
            stage_node(
                write_laq_page,
                shards="clip_shards",
                laq="laq_report",
                evaluation="params:evaluation",
                outputs="laq_page",
                name="write_laq_page",
            ),
            stage_node(
                write_report,
                evaluation="params:evaluation",
                shards="clip_shards",
                laq="laq_report",
                **dict(zip(of_arms, of_arms, strict=True)),
                outputs=["report", "success_table"],
                name="write_report",
            ),
        ]
    )


def _policy_report(arm: Arm) -> Pipeline:
    return arm_node(
        arm,
        evaluate_policy,
        policy="policy_checkpoint",
        foundation="foundation_checkpoint",
        evaluation="params:evaluation",
        outputs="policy_report",
        name="evaluate_policy",
    )
