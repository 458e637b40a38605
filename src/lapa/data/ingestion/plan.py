"""Decides, before a frame is decoded, which episode goes to which split and which shard."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lapa.data.bad_input import BadRecord, Report
from lapa.data.episode import Episode
from lapa.data.ingestion.inputs import Input
from lapa.data.shards.clips import clip_windows, overlap_frames
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import ActionMeaning, digest_of

SPLITS = ("train", "val", "test")
_BYTES_PER_PIXEL = 0.35
"""Typical JPEG at quality 95; only balances shards, the writer enforces the limit."""


@dataclass(frozen=True, kw_only=True)
class EpisodeFacts:
    """What planning needs to know about an episode."""

    input: int
    """Which source."""
    ordinal: int
    """Position among the source's usable episodes."""
    source: str
    episode_id: str
    environment: str
    instruction: str
    num_frames: int
    fps: float
    has_actions: bool
    action_names: tuple[str, ...] = ()
    action_units: tuple[str, ...] = ()
    actions_are: tuple[ActionMeaning, ...] = ()

    @property
    def identity(self) -> tuple[str, str]:
        """What must be unique in a shard set."""
        return self.source, self.episode_id


@dataclass(frozen=True, kw_only=True)
class ShardTask:
    """The episodes of one shard: the unit of work and of resuming."""

    split: str
    name: str
    """``000012``; the tar is ``<split>/<name>.tar``."""
    episodes: tuple[EpisodeFacts, ...]


def list_episodes(
    inputs: Sequence[Input], settings: IngestionParams, report: Report
) -> list[EpisodeFacts]:
    """Read the facts of every usable episode, keeping none of the arrays.

    Of an episode that two sources hold under the same name, the first counts; the other is reported.
    """
    episodes: list[EpisodeFacts] = []
    seen_before: set[tuple[str, str]] = set()
    for number, source in enumerate(inputs):
        found = [
            _facts(episode, number, ordinal)
            for ordinal, episode in enumerate(source.episodes(settings, report))
        ]
        for facts in found:
            if facts.identity in seen_before:
                detail = f"source {number} repeats an episode of a source before it; rename one"
                report(_repeated(facts, detail))
        episodes += [facts for facts in found if facts.identity not in seen_before]
        seen_before |= {facts.identity for facts in found}
    return episodes


def _repeated(facts: EpisodeFacts, detail: str) -> BadRecord:
    return BadRecord(facts.source, facts.episode_id, "duplicate_id", detail)


def _facts(episode: Episode, number: int, ordinal: int) -> EpisodeFacts:
    return EpisodeFacts(
        input=number,
        ordinal=ordinal,
        source=episode.source,
        episode_id=episode.episode_id,
        environment=episode.environment,
        instruction=episode.instruction,
        num_frames=episode.num_frames,
        fps=episode.fps,
        has_actions=episode.actions is not None,
        action_names=episode.action_names,
        action_units=episode.action_units,
        actions_are=episode.actions_are,
    )


def plan_shards(episodes: Sequence[EpisodeFacts], settings: IngestionParams) -> list[ShardTask]:
    """Group episodes into shards; a pure function of its arguments, whatever the workers."""
    splits = assign_splits(episodes, settings.split)
    tasks = []
    for split in SPLITS:
        members = [episode for episode in episodes if splits[episode.identity] == split]
        for number, group in enumerate(_groups(members, settings)):
            tasks.append(ShardTask(split=split, name=f"{number:06d}", episodes=tuple(group)))
    return tasks


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
    windows = clip_windows(episode.num_frames, clip_frames=settings.clip_frames, overlap=overlap)
    frames = sum(window.num_frames for window in windows)
    return len(windows), frames * settings.image_size**2 * _BYTES_PER_PIXEL


def assign_splits(
    episodes: Sequence[EpisodeFacts], params: SplitParams
) -> dict[tuple[str, str], str]:
    """Return the split of every ``(source, episode_id)``.

    Metadata hold-outs first. The rest of each source is ordered by a seeded hash of the
    episode's id, so neither the order of reading nor other sources change the draw.
    """
    splits: dict[tuple[str, str], str] = {}
    drawn: dict[str, list[str]] = defaultdict(list)
    for episode in episodes:
        held_out = _held_out(episode, params)
        if held_out:
            splits[episode.identity] = held_out
        else:
            drawn[episode.source].append(episode.episode_id)
    for source, identities in drawn.items():
        splits |= {(source, name): split for name, split in _draw(source, identities, params)}
    return splits


def _draw(source: str, identities: list[str], params: SplitParams) -> list[tuple[str, str]]:
    def position(identity: str) -> str:
        return hashlib.sha256(f"{params.seed}/{source}/{identity}".encode()).hexdigest()

    ordered = sorted(identities, key=position)
    val = _share(len(ordered), params.val_fraction)
    test = _share(len(ordered), params.test_fraction)
    if val + test >= len(ordered) > 0:  # too few episodes to hold any out
        val = test = 0
    names = ["val"] * val + ["test"] * test + ["train"] * (len(ordered) - val - test)
    return list(zip(ordered, names, strict=True))


def _share(count: int, fraction: float) -> int:
    return max(1, round(count * fraction)) if fraction > 0 else 0


def _held_out(episode: EpisodeFacts, params: SplitParams) -> str | None:
    if episode.environment and episode.environment in params.test_environments:
        return "test"
    if episode.environment and episode.environment in params.val_environments:
        return "val"
    text = episode.instruction.lower()
    if any(phrase.lower() in text for phrase in params.test_instructions):
        return "test"
    if any(phrase.lower() in text for phrase in params.val_instructions):
        return "val"
    return None


def plan_digest(
    inputs: Sequence[Input], settings: IngestionParams, episodes: Sequence[EpisodeFacts]
) -> str:
    """Digest of everything the shards depend on; two runs share work only when it is equal."""
    facts: dict[str, Any] = {
        "settings": settings.model_dump(mode="json", exclude={"workers", "sources"}),
        "sources": [source.params.model_dump(mode="json") for source in inputs],
        "episodes": [asdict(episode) for episode in episodes],
    }
    return digest_of(facts)
