"""What it is all worth: probes, closed loop, one report.

```
clip_shards, laq_checkpoint, random_laq_checkpoint ─ evaluate_laq ─► laq_report ──────────┐
clip_shards, <arm>.policy_checkpoint ─ evaluate_policy ─► <arm>.policy_report ─ write_report ─► report
                                                                                          └───► success_table
clip_shards, laq_report ─ write_laq_page ─► laq_page
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.arms import ARMS
from lapa.pipelines.evaluation.nodes import (
    evaluate_laq,
    evaluate_policy,
    write_laq_page,
    write_report,
)


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Measure the codes and show them on a page, roll out every arm, write the report."""
    return sum((_arm(arm) for arm in ARMS), _shared())


def _shared() -> Pipeline:
    return Pipeline(
        [
            Node(
                evaluate_laq,
                inputs=[
                    "clip_shards",
                    "laq_checkpoint",
                    "random_laq_checkpoint",
                    "params:evaluation",
                    "params:work",
                ],
                outputs="laq_report",
                name="evaluate_laq",
            ),
            Node(
                write_laq_page,
                inputs=["clip_shards", "laq_report", "params:evaluation", "params:work"],
                outputs="laq_page",
                name="write_laq_page",
            ),
            Node(
                write_report,
                inputs=[
                    "params:evaluation",
                    "params:work",
                    "clip_shards",
                    "laq_report",
                    *(f"{arm}.policy_report" for arm in ARMS),
                    *(f"{arm}.foundation_checkpoint" for arm in ARMS),
                ],
                outputs=["report", "success_table"],
                name="write_report",
            ),
        ]
    )


def _arm(arm: str) -> Pipeline:
    node = Node(
        evaluate_policy,
        inputs=["clip_shards", "policy_checkpoint", "params:evaluation", "params:work"],
        outputs="policy_report",
        name="evaluate_policy",
    )
    return Pipeline(
        [node],
        namespace=arm,
        inputs="clip_shards",
        parameters={"params:evaluation", "params:work"},
    )
