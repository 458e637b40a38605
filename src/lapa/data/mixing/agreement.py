"""What all shard sets of a mixture must have in common."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.records import ShardSet


def require_agreement(shard_sets: Mapping[str, ShardSet]) -> None:
    """Refuse sets whose frames cannot stand in one batch, or that were made square in different ways.

    Compression may differ; rates, actions and languages do not matter here.

    Raises:
        ValueError: listing what each of them has.
    """
    kinds = {
        name: (shards.codec.image_size, shards.codec.resize) for name, shards in shard_sets.items()
    }
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name}: {size} px by {how}" for name, (size, how) in kinds.items())
        raise ValueError(
            f"the frames of a mixture must be alike, found {listed}; set `image_size` in globals.yml and "
            "`ingestion.resize` for all of them, and ingest again"
        )
