"""Decides, before a frame is decoded, which episodes share a shard."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.shards.clips import clip_windows, overlap_frames
from lapa.params.ingestion import IngestionParams

_BYTES_PER_PIXEL = 0.35
"""Typical JPEG at quality 95; only balances shards, the writer enforces the limit."""


@dataclass(frozen=True, kw_only=True)
class ShardTask:
    """The episodes of one shard: the unit of work and of resuming."""

    split: str
    name: str
    """``000012``; the tar is ``<split>/<name>.tar``."""
    episodes: tuple[EpisodeFacts, ...]


def plan_shards(
    splits: Mapping[str, Sequence[EpisodeFacts]], settings: IngestionParams
) -> list[ShardTask]:
    """Group the episodes of each split into shards; a pure function, whatever the workers."""
    return [
        ShardTask(split=split, name=f"{number:06d}", episodes=tuple(group))
        for split, members in splits.items()
        for number, group in enumerate(_groups(members, settings))
    ]


def _groups(
    episodes: Sequence[EpisodeFacts], settings: IngestionParams
) -> list[list[EpisodeFacts]]:
    groups: list[list[EpisodeFacts]] = []
    clips, size = math.inf, math.inf
    for episode in episodes:
        more_clips, more_size = _cost(episode, settings)
        too_many = clips + more_clips > settings.max_samples_per_shard
        if too_many or size + more_size > settings.max_bytes_per_shard:
            groups.append([])
            clips, size = 0, 0
        groups[-1].append(episode)
        clips, size = clips + more_clips, size + more_size
    return groups


def _cost(episode: EpisodeFacts, settings: IngestionParams) -> tuple[int, float]:
    overlap = overlap_frames(settings.max_horizon_s, episode.fps)
    windows = clip_windows(episode.taken, clip_frames=settings.clip_frames, overlap=overlap)
    frames = sum(window.num_frames for window in windows)
    return len(windows), frames * settings.image_size**2 * _BYTES_PER_PIXEL
