"""What came of the plan: which episodes were kept, and the record of the shard set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.ingestion.shard import ShardResult
from lapa.data.ingestion.splits import SPLITS
from lapa.params.ingestion import IngestionParams
from lapa.records import DatasetFacts, ShardSet, Split, digest_of


def kept_episodes(
    splits: Mapping[str, Sequence[EpisodeFacts]],
    results: Sequence[ShardResult],
    episodes: Sequence[EpisodeFacts],
) -> list[EpisodeFacts]:
    """Return the listed episodes of which something is in the shards."""
    lost = {tuple(place) for result in results for place in result.lost}
    kept = {
        facts.identity for taken in splits.values() for facts in taken if facts.place not in lost
    }
    return [episode for episode in episodes if episode.identity in kept]


def shard_set_of(
    out: Path,
    params: IngestionParams,
    splits: Mapping[str, Sequence[EpisodeFacts]],
    kept: Sequence[EpisodeFacts],
    results: Sequence[ShardResult],
) -> ShardSet:
    """Make the record of the finished shards."""
    digests = {name: sha for result in results for name, sha in result.shards.items()}
    counted = {name: _split(name, results) for name in SPLITS}
    cut = {facts.source for taken in splits.values() for facts in taken if facts.part}
    return ShardSet(
        path=str(out),
        codec=params.codec,
        max_horizon_s=params.max_horizon_s,
        datasets=_datasets(kept, cut),
        splits={name: split for name, split in counted.items() if split.clips},
        digest=digest_of(sorted(digests.items())),
    )


def _split(name: str, results: Sequence[ShardResult]) -> Split:
    own = [result for result in results if result.split == name]
    return Split(
        shards=tuple(shard for result in own for shard in result.shards),
        episodes=sum(sum(result.episodes.values()) for result in own),
        clips=sum(result.clips for result in own),
        frames=sum(sum(result.frames.values()) for result in own),
    )


def _datasets(episodes: Sequence[EpisodeFacts], cut: set[str]) -> dict[str, DatasetFacts]:
    """What the episodes of each dataset agree on."""
    by_source: dict[str, list[EpisodeFacts]] = {}
    for episode in episodes:
        by_source.setdefault(episode.source, []).append(episode)
    return {source: _dataset(own, source in cut) for source, own in sorted(by_source.items())}


def _dataset(episodes: Sequence[EpisodeFacts], is_cut: bool) -> DatasetFacts:
    described = next((e for e in episodes if e.has_actions), episodes[0])
    return DatasetFacts(
        fps=Counter(episode.fps for episode in episodes).most_common(1)[0][0],
        episodes=len(episodes),
        action_names=described.action_names,
        action_units=described.action_units,
        actions_are=described.actions_are,
        split_by="time" if is_cut else "episode",
    )
