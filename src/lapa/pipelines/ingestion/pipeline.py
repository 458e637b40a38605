"""Raw recordings to clip shards.

```
simulator ── record_episodes ──► raw_episodes ─┐
                                               ├─ write_shards ──► clip_shards
configured sources (video, RLDS, LeRobot, …) ──┘
```
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.pipelines.ingestion.nodes import record_episodes, write_shards


def create_pipeline(**kwargs: Any) -> Pipeline:
    """Record demonstrations where asked, then write shards."""
    return Pipeline(
        [
            Node(
                record_episodes,
                inputs=["params:recording", "params:work"],
                outputs="raw_episodes",
                name="record_episodes",
            ),
            Node(
                write_shards,
                inputs=["raw_episodes", "params:ingestion", "params:work"],
                outputs="clip_shards",
                name="write_shards",
            ),
        ]
    )
