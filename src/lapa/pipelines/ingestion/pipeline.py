"""Raw recordings to clip shards, a set for each dataset, and the mixture that is watched.

```
simulator ─ <dataset>.record_episodes ─► <dataset>.raw_episodes ─┐
any source (video, RLDS, LeRobot, …) ────────────────────────────┴ <dataset>.write_shards ─► <dataset>.clip_shards
the watched <dataset>.clip_shards ─ mix_shards ─► mixture
```

With `part=3/64` there is `<dataset>.write_part ─► <dataset>.shard_parts` alone, of recordings that are there; with
`part=merge/64` `<dataset>.write_shards` joins these parts.

Only the datasets that the experiment uses have nodes: the sources of `mixture`, and `finetune.dataset`. Each
simulated one is a recording of its own.
"""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from lapa.config.experiment import current_experiment
from lapa.params.array_part import PART
from lapa.params.experiment import Experiment
from lapa.pipelines.ingestion.nodes import (
    merge_shards,
    mix_shards,
    record_episodes,
    write_shards,
    write_shards_part,
)
from lapa.pipelines.stage import stage_node

REMOTE = {"remote": "params:remote", "cache": "remote_cache"}
"""What the node of a dataset at a URL gets further."""


def create_pipeline(experiment: Experiment | None = None, **kwargs: Any) -> Pipeline:
    """Record demonstrations where asked, write the shards of every dataset, mix those that are watched."""
    chosen = experiment or current_experiment()
    if chosen.makes_part:
        return Pipeline(
            [_part(name, chosen) for name in chosen.datasets if name not in chosen.linked]
        )
    recorded = [_recording(name) for name in chosen.datasets if name in chosen.simulated]
    shards = [_shards(name, chosen) for name in chosen.datasets]
    return Pipeline([*recorded, *shards, _mixture(chosen)])


def _recording(dataset: str) -> Node:
    return stage_node(
        record_episodes,
        recording=f"params:datasets.{dataset}.recording",
        outputs=f"{dataset}.raw_episodes",
        name=f"{dataset}.record_episodes",
    )


def _shards(dataset: str, experiment: Experiment) -> Node:
    made = {"outputs": f"{dataset}.clip_shards", "name": f"{dataset}.write_shards"}
    if not experiment.merges_parts or dataset in experiment.linked:
        return stage_node(write_shards, **_raw(dataset, experiment), **made)
    parts = f"{dataset}.shard_parts"
    raw = _raw(dataset, experiment)
    return stage_node(merge_shards, **raw, parts=parts, confirms=parts, **made)


def _part(dataset: str, experiment: Experiment) -> Node:
    return stage_node(
        write_shards_part,
        **_raw(dataset, experiment),
        part=f"params:{PART}",
        outputs=f"{dataset}.shard_parts",
        name=f"{dataset}.write_part",
    )


def _raw(dataset: str, experiment: Experiment) -> dict[str, str]:
    """What shards are made of."""
    recorded = {"raw": f"{dataset}.raw_episodes"} if dataset in experiment.simulated else {}
    remote = REMOTE if dataset in experiment.remote else {}
    given = {"dataset": f"params:datasets.{dataset}", "ingestion": "params:ingestion"}
    return {**given, **recorded, **remote}


def _mixture(experiment: Experiment) -> Node:
    shards = [f"{name}.clip_shards" for name in experiment.watched]
    return stage_node(
        mix_shards,
        mixture="params:mixture",
        **dict(zip(shards, shards, strict=True)),
        outputs="mixture",
        name="mix_shards",
    )
