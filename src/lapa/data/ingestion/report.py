"""What ingestion read, skipped and why: `ingestion_report.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from lapa.data.ingestion.duplicates import near_duplicates
from lapa.data.ingestion.horizon import too_short
from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.ingestion.shard import ShardResult
from lapa.data.left_out import LeftOut
from lapa.data.statistics.action_sums import ActionSums
from lapa.params.ingestion import IngestionParams
from lapa.records import ShardSet

_SPLIT_BY = {
    "episode": "by episode: what is held out comes from other recordings than the training split",
    "time": "by time: what is held out is the end of the recordings that the training split begins; "
    "figures on it say nothing about new recordings",
}


def build_report(
    *,
    shard_set: ShardSet,
    folder: Path,
    settings: IngestionParams,
    episodes: Sequence[EpisodeFacts],
    results: Sequence[ShardResult],
    skipped: Sequence[dict[str, str]],
    left_out: LeftOut,
    plan: str,
) -> dict[str, Any]:
    """Gather the report; it holds no time stamp, so the same input gives the same bytes."""
    return {
        "plan_digest": plan,
        "shards_digest": shard_set.digest,
        "settings": settings.model_dump(mode="json", exclude={"workers", "sources"}),
        "sources": {
            name: _source_facts(name, episodes, results)
            | {"split": _SPLIT_BY[shard_set.datasets[name].split_by]}
            | {"shorter_than_horizon": too_short(episodes, settings).get(name, 0)}
            for name in sorted({episode.source for episode in episodes})
        },
        "skipped": _listed([*skipped, *(bad for result in results for bad in result.skipped)]),
        "left_out": {name: dict(sorted(kinds.items())) for name, kinds in left_out.items()},
        "notes": _listed([remark for result in results for remark in result.remarks]),
        "near_duplicates": near_duplicates(
            shard_set, folder=folder, distance=settings.duplicate_distance
        ),
    }


def _listed(records: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Return records by name, and how many there are of each reason."""
    counts = Counter(record["reason"] for record in records)
    return {"counts": dict(sorted(counts.items())), "items": list(records)}


def _source_facts(
    name: str, episodes: Sequence[EpisodeFacts], results: Sequence[ShardResult]
) -> dict[str, Any]:
    own = [episode for episode in episodes if episode.source == name]
    frames = _total("frames", name, results)
    return {
        "episodes": _total("episodes", name, results),
        "episodes_per_split": _per_split(name, results),
        "frames": frames,
        "hours": round(sum(e.num_frames / e.fps for e in own) / 3600, 6),
        "fps": sorted({episode.fps for episode in own}),
        "environments": len({episode.environment for episode in own if episode.environment}),
        "frames_without_instruction": _total("unlabeled", name, results),
        "episodes_without_actions": sum(not episode.has_actions for episode in own),
        "notes": _notes(name, results),
        "actions": _actions(name, results),
    }


def _total(field: str, name: str, results: Sequence[ShardResult]) -> int:
    return sum(getattr(result, field).get(name, 0) for result in results)


def _per_split(name: str, results: Sequence[ShardResult]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for result in results:
        counts[result.split] += result.episodes.get(name, 0)
    return dict(counts)


def _notes(name: str, results: Sequence[ShardResult]) -> dict[str, int]:
    """Count the episodes that were changed or doubted while reading, by what was noted."""
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.notes.get(name, {}))
    return dict(counts)


def _actions(name: str, results: Sequence[ShardResult]) -> list[dict[str, object]]:
    sums = [ActionSums.from_plain(r.actions[name]) for r in results if name in r.actions]
    return reduce(ActionSums.merged, sums).table() if sums else []
