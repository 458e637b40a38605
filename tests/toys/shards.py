"""Shard sets of made-up episodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lapa.data.episode import Episode
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes


def as_input(episodes: Sequence[Episode], **source: Any) -> Input:
    """Wrap episodes as an ingestion source."""
    params = SourceParams(kind="made-up", path="nowhere", **source)
    return Input(params=params, open=lambda report: iter(episodes))


def tiny_shard_set(
    tmp_path: Path,
    *,
    episodes: Sequence[Episode] | None = None,
    n: int = 10,
    frames: int | Sequence[int] = 12,
    size: int = 32,
    seed: int = 0,
    with_actions: bool = True,
    **params: Any,
) -> ShardSet:
    """Ingest moving squares into ``tmp_path/shards``: 10 Hz, H up to 0.3 s, val split of 20 %.

    Further keywords are `IngestionParams` fields.
    """
    made = episodes or moving_square_episodes(n, frames, size, seed, with_actions=with_actions)
    defaults: dict[str, Any] = {
        "image_size": size,
        "max_horizon_s": 0.3,
        "clip_frames": 8,
        "max_samples_per_shard": 6,
        "split": SplitParams(val_fraction=0.2),
    }
    settings = IngestionParams(**{**defaults, **params})
    return ingest_inputs([as_input(made)], params=settings, out=tmp_path / "shards")
