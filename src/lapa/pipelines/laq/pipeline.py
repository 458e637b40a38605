"""Stage 1: learn latent actions from frame pairs.

```
mixture ──┬─ train_laq ─────────────► laq_checkpoint
          └─ initialize_random_laq ─► random_laq_checkpoint   (control)
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.pipelines.laq.nodes import initialize_random_laq, train_laq
from lapa.pipelines.stage import stage_node


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Train the quantiser and make its untrained control."""
    inputs = {"shards": "mixture", "pairs": "params:pairs", "laq": "params:laq"}
    return Pipeline(
        [
            stage_node(train_laq, **inputs, outputs="laq_checkpoint", name="train_laq"),
            stage_node(
                initialize_random_laq,
                **inputs,
                outputs="random_laq_checkpoint",
                name="initialize_random_laq",
            ),
        ]
    )
