"""Whether recordings are long enough for pairs that are the longest horizon apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.shards.clips import overlap_frames
from lapa.params.ingestion import IngestionParams


def splits_without_pairs(
    splits: Mapping[str, Sequence[EpisodeFacts]], settings: IngestionParams
) -> Iterator[str]:
    """Describe each split of which no recording is longer than the longest horizon.

    That is no error yet: pairs may be asked for at a shorter horizon. `lapa.data.loading.pairs.open_pairs`
    refuses, before training, a horizon that leaves none.

    Yields:
        The split, the rate and length of its longest recording, and what to do.
    """
    for split, episodes in splits.items():
        if episodes and not any(_has_pair(episode, settings) for episode in episodes):
            yield _message(split, episodes, settings.max_horizon_s)


def too_short(episodes: Sequence[EpisodeFacts], settings: IngestionParams) -> dict[str, int]:
    """Count the recordings, or parts of them, that hold no pair at the longest horizon, by source."""
    return dict(Counter(e.source for e in episodes if not _has_pair(e, settings)))


def short_recordings(
    splits: Mapping[str, Sequence[EpisodeFacts]], settings: IngestionParams
) -> Iterator[str]:
    """Say of each source how many of its recordings are too short; nothing where all are long enough."""
    episodes = [episode for members in splits.values() for episode in members]
    total = Counter(episode.source for episode in episodes)
    for source, count in too_short(episodes, settings).items():
        yield (
            f"{source}: {count} of {total[source]} recordings are no longer than max_horizon_s = "
            f"{settings.max_horizon_s:g} s and hold no pair at that horizon"
        )


def _has_pair(episode: EpisodeFacts, settings: IngestionParams) -> bool:
    return episode.taken > overlap_frames(settings.max_horizon_s, episode.fps)


def _message(split: str, episodes: Sequence[EpisodeFacts], horizon_s: float) -> str:
    longest = max(episodes, key=lambda episode: episode.taken / episode.fps)
    offset = overlap_frames(horizon_s, longest.fps)
    return (
        f"split {split!r} holds no pair at the longest horizon: max_horizon_s = {horizon_s:g} s is {offset} frames at "
        f"{longest.fps:g} Hz, but the longest of its {len(episodes)} recordings, "
        f"{longest.source}/{longest.episode_id}, has {longest.taken} frames "
        f"({longest.taken / longest.fps:.3g} s); lower the horizon, or correct the rate "
        "(`fps_override`, `fps`: RT-1's files say 30 Hz, its robot moves at 3)"
    )
