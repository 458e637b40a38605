"""Raw recordings to clip shards.

```
simulator ── record_episodes ──► raw_episodes ─┐
                                               ├─ write_shards ──► clip_shards
configured sources (video, RLDS, LeRobot, …) ──┘
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Pipeline

from lapa.pipelines.ingestion.nodes import record_episodes, write_shards
from lapa.pipelines.stage import stage_node


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Record demonstrations where asked, then write shards."""
    return Pipeline(
        [
            stage_node(
                record_episodes,
                recording="params:recording",
                outputs="raw_episodes",
                name="record_episodes",
            ),
            stage_node(
                write_shards,
                raw="raw_episodes",
                ingestion="params:ingestion",
                outputs="clip_shards",
                name="write_shards",
            ),
        ]
    )
