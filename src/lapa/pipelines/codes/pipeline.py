"""From video to a page about its latent actions: all that video without actions allows.

```
ingestion ─► laq ─► labeling
               └──► evaluate_laq ─► write_laq_page
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.experiment import Experiment
from lapa.pipelines import evaluation, ingestion, labeling, laq


def create_pipeline(experiment: Experiment | None = None, **kwargs: Any) -> Pipeline:
    """Ingest what is watched, train the quantiser, label, and show what the codes are worth."""
    watching = (experiment or current_experiment()).model_copy(update={"labeled": None})
    arms = [arm for arm in watching.chosen_arms if arm.quantizer is not None]
    stages = (ingestion, laq, labeling, evaluation)
    return sum(
        (stage.create_pipeline(experiment=watching, arms=arms) for stage in stages), Pipeline([])
    )
