"""From video to a page about its latent actions: all that video without actions allows.

```
ingestion ─► laq ─► labeling
               └──► evaluate_laq ─► write_laq_page
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.pipelines import evaluation, ingestion, labeling, laq


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Ingest, train the quantiser, label, and show what the codes are worth."""
    stages = (ingestion, laq, labeling)
    measured = evaluation.create_pipeline().only_nodes("evaluate_laq", "write_laq_page")
    return sum((stage.create_pipeline() for stage in stages), measured)
