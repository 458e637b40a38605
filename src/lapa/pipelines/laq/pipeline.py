"""Stage 1: learn latent actions from frame pairs.

```
clip_shards ──┬─ train_laq ─────────────► laq_checkpoint
              └─ initialise_random_laq ─► random_laq_checkpoint   (control)
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.laq.nodes import initialise_random_laq, train_laq


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Train the quantiser and make its untrained control."""
    inputs = ["clip_shards", "params:pairs", "params:laq", "params:work"]
    return Pipeline(
        [
            Node(train_laq, inputs=inputs, outputs="laq_checkpoint", name="train_laq"),
            Node(
                initialise_random_laq,
                inputs=inputs,
                outputs="random_laq_checkpoint",
                name="initialise_random_laq",
            ),
        ]
    )
