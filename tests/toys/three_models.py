"""Tiny models of the three kinds, and the shards that they belong to; nothing is good."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lapa.records import Checkpoint, ShardSet
from toys.episodes import moving_square_episodes
from toys.policies import finetuned
from toys.shards import tiny_shard_set
from toys.world import untrained_laq

SIDE = 32


@dataclass(frozen=True)
class ThreeModels:
    """Folders with weights, configuration and record."""

    shards: ShardSet
    policy: Path
    """Of images and words, chunks of 3."""
    state_policy: Path
    """Reads the state, too."""
    foundation: Path
    laq: Path


def _published(checkpoint: Checkpoint) -> Path:
    folder = Path(checkpoint.path)
    checkpoint.write(folder)
    return folder


def three_models(root: Path) -> ThreeModels:
    """Make everything in ``root``; frames are 48 pixels before ingestion."""
    episodes = moving_square_episodes(6, 12, 48)
    shards = tiny_shard_set(root, episodes=episodes, image_size=SIDE)
    blind = finetuned(shards, root / "blind", chunk=3, use_state=False)
    seeing = finetuned(shards, root / "seeing", use_state=True)
    return ThreeModels(
        shards=shards,
        policy=_published(blind),
        state_policy=_published(seeing),
        foundation=root / "blind" / "foundation",
        laq=_published(untrained_laq(root / "laq", shards, 5)),
    )
