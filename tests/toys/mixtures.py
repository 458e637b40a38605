"""Mixtures of made-up shard sets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.data.mixing.mix import mix
from lapa.params.mixture import MixtureParams
from lapa.records import ShardSet
from toys.shards import tiny_shard_set


def two_sets(folder: Path) -> dict[str, ShardSet]:
    """``few``: 5 episodes of 12 frames with actions; ``many``: 20 without."""
    few = tiny_shard_set(folder / "few", n=5, seed=1)
    many = tiny_shard_set(folder / "many", n=20, seed=2, with_actions=False)
    return {"few": few, "many": many}


def mixed(
    shard_sets: Mapping[str, ShardSet], out: Path, *sources: dict[str, Any], balance: str = "frames"
) -> ShardSet:
    """The mixture of these sources, equal weights where none are given."""
    listed = sources or tuple({"dataset": name} for name in shard_sets)
    params = MixtureParams.model_validate({"balance": balance, "sources": listed})
    mixture = mix(shard_sets, params, out=out)
    mixture.write(out)
    return mixture
