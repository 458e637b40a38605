"""Whether recordings are long enough for pairs that are the longest horizon apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lapa.data.ingestion.plan import SPLITS, EpisodeFacts, ShardTask
from lapa.data.shards.clips import overlap_frames
from lapa.params.ingestion import IngestionParams


def splits_without_pairs(tasks: Sequence[ShardTask], settings: IngestionParams) -> Iterator[str]:
    """Describe each split of which no recording is longer than the longest horizon.

    That is no error yet: pairs may be asked for at a shorter horizon. `lapa.data.pairs.open_pairs`
    refuses, before training, a horizon that leaves none.

    Yields:
        The split, the rate and length of its longest recording, and what to do.
    """
    for split in SPLITS:
        episodes = [episode for task in tasks if task.split == split for episode in task.episodes]
        if episodes and not any(_has_pair(episode, settings) for episode in episodes):
            yield _message(split, episodes, settings.max_horizon_s)


def _has_pair(episode: EpisodeFacts, settings: IngestionParams) -> bool:
    return episode.num_frames > overlap_frames(settings.max_horizon_s, episode.fps)


def _message(split: str, episodes: Sequence[EpisodeFacts], horizon_s: float) -> str:
    longest = max(episodes, key=lambda episode: episode.num_frames / episode.fps)
    offset = overlap_frames(horizon_s, longest.fps)
    return (
        f"split {split!r} holds no pair at the longest horizon: max_horizon_s = {horizon_s:g} s is {offset} frames at "
        f"{longest.fps:g} Hz, but the longest of its {len(episodes)} recordings, "
        f"{longest.source}/{longest.episode_id}, has {longest.num_frames} frames "
        f"({longest.num_frames / longest.fps:.3g} s); lower the horizon, or correct the rate "
        "(`fps_override`, `fps`: RT-1's files say 30 Hz, its robot moves at 3)"
    )
