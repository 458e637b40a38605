"""Which episode, or which part of one, goes to which split."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.shards.clips import overlap_frames
from lapa.params.ingestion import IngestionParams, SplitParams

SPLITS = ("train", "val", "test")


def split_episodes(
    episodes: Sequence[EpisodeFacts], settings: IngestionParams
) -> dict[str, list[EpisodeFacts]]:
    """Return what each split takes, in the order of ``episodes``.

    Metadata hold-outs first, whole. The rest of each source goes by whole episodes or by time.
    """
    ways = split_ways(episodes, settings.split)
    whole = assign_splits(episodes, settings.split)
    taken: dict[str, list[EpisodeFacts]] = {name: [] for name in SPLITS}
    for episode in episodes:
        if ways[episode.source] == "time" and _held_out(episode, settings.split) is None:
            for name, part in _cut(episode, settings):
                taken[name].append(part)
        else:
            taken[whole[episode.identity]].append(episode)
    return taken


def split_ways(
    episodes: Sequence[EpisodeFacts], params: SplitParams
) -> dict[str, Literal["episode", "time"]]:
    """Return for each source what is held out of it: whole episodes, or the end of each."""
    counts: dict[str, int] = defaultdict(int)
    for episode in episodes:
        counts[episode.source] += _held_out(episode, params) is None
    shares = [share for share in (params.val_share, params.test_fraction) if share > 0]
    ways: dict[str, Literal["episode", "time"]] = {}
    for source, count in counts.items():
        is_scarce = any(count * share < 1 for share in shares)
        by_time = params.by == "time" or (params.by == "auto" and is_scarce)
        ways[source] = "time" if by_time else "episode"
    return ways


def assign_splits(
    episodes: Sequence[EpisodeFacts], params: SplitParams
) -> dict[tuple[str, str], str]:
    """Return the split of every ``(source, episode_id)`` where whole episodes are held out.

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
    val = _share(len(ordered), params.val_share)
    test = _share(len(ordered), params.test_fraction)
    if val + test >= len(ordered) > 0:  # nothing would be left to train on
        val = test = 0
    names = ["val"] * val + ["test"] * test + ["train"] * (len(ordered) - val - test)
    return list(zip(ordered, names, strict=True))


def _share(count: int, fraction: float, at_least: int = 1) -> int:
    return max(at_least, round(count * fraction)) if fraction > 0 else 0


def _cut(episode: EpisodeFacts, settings: IngestionParams) -> Iterator[tuple[str, EpisodeFacts]]:
    """Yield (split, part): training first, then the held-out parts, a gap before each.

    An episode too short to be cut is for training.
    """
    gap, smallest = smallest_part(episode, settings)
    lengths = {
        "val": _share(episode.num_frames, settings.split.val_share, smallest),
        "test": _share(episode.num_frames, settings.split.test_fraction, smallest),
    }
    held_out = {name: length for name, length in lengths.items() if length}
    start = episode.num_frames - sum(length + gap for length in held_out.values())
    if start < smallest or not held_out:
        yield "train", episode
        return
    yield "train", replace(episode, part=(0, start))
    for name, length in held_out.items():
        yield name, replace(episode, part=(start + gap, start + gap + length))
        start += gap + length


def smallest_part(episode: EpisodeFacts, settings: IngestionParams) -> tuple[int, int]:
    """Return the gap, one horizon, and the smallest part, which holds a pair; both in frames."""
    gap = overlap_frames(settings.max_horizon_s, episode.fps)
    return gap, max(gap + 1, settings.min_frames)


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
