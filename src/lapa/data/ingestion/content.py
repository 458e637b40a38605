"""Nothing is called a success that holds nothing: sources, splits and what decoding left of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from lapa.data.bad_input import BadInputError, BadInputs, BadRecord, OnBad
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.ingestion.shard import ShardResult
from lapa.data.ingestion.splits import smallest_part
from lapa.params.ingestion import IngestionParams

logger = logging.getLogger(__name__)

_ACCEPT = "`ingestion.allow_empty=true` accepts it as it is"


class EmptyResultError(ValueError):
    """A source or a split would be empty; nothing is published."""


def skips_of(report: OnBad) -> list[dict[str, str]]:
    """Return what listing has skipped, as JSON-able facts."""
    return [asdict(bad) for bad in report.records] if isinstance(report, BadInputs) else []


def require_sources(
    inputs: Sequence[Input],
    episodes: Sequence[EpisodeFacts],
    report: OnBad,
    params: IngestionParams,
) -> None:
    """Refuse sources without a usable episode.

    Raises:
        EmptyResultError: naming the source, what is there, and what was skipped first.
    """
    episodes_per_input = Counter(episode.input for episode in episodes)
    skipped = skips_of(report)
    for number, source in enumerate(inputs):
        if episodes_per_input[number]:
            continue
        path = Path(source.params.path)
        holds = sorted(p.name for p in path.iterdir())[:5] if path.is_dir() else "no such folder"
        _refuse(
            f"source {source.params.kind!r} at {path} yields no usable episode: found {holds}, "
            f"expected at least one episode of this kind that passes the filters{_first(skipped)}",
            params,
        )
    if not inputs:
        _refuse("there is no source to ingest", params)


def require_splits(
    splits: Mapping[str, Sequence[EpisodeFacts]],
    episodes: Sequence[EpisodeFacts],
    params: IngestionParams,
) -> None:
    """Refuse a plan in which a split that was asked for gets nothing.

    Raises:
        EmptyResultError: with the number of episodes, the fractions, and what to change.
    """
    if not episodes:
        return
    for name in params.split.asked():
        if not splits[name]:
            why = _unmatched(name, episodes, params) or _why(episodes, params)
            _refuse(f"no episode is left for the split {name!r}: {why}", params)
    if not splits["val"]:
        logger.warning(
            "no validation split: %d episodes, none held out; "
            "`split.by=time` holds out the end of each episode",
            len(episodes),
        )


def _unmatched(name: str, episodes: Sequence[EpisodeFacts], params: IngestionParams) -> str:
    """Say which named groups matched nothing, where a split was asked for by name alone."""
    split = params.split
    named = {"val": split.val_environments, "test": split.test_environments}.get(name, ())
    phrases = {"val": split.val_instructions, "test": split.test_instructions}.get(name, ())
    fraction = {"val": split.val_share, "test": split.test_fraction}.get(name, 1)
    if fraction or not (named or phrases):
        return ""
    environments = sorted({episode.environment for episode in episodes})[:20]
    instructions = sorted({episode.instruction for episode in episodes})[:5]
    return (
        f"asked for environments {list(named)}, found {environments}; asked for instructions with "
        f"{list(phrases)}, found {instructions}"
    )


def _why(episodes: Sequence[EpisodeFacts], params: IngestionParams) -> str:
    split = params.split
    count = f"{len(episodes)} episode{'s' if len(episodes) > 1 else ''}"
    fractions = f"val_fraction={split.val_share:g}, test_fraction={split.test_fraction:g}"
    if split.by == "episode":
        return (
            f"found {count} for {fractions} of whole episodes. Set `ingestion.split.by=time`, which "
            "holds out the end of each episode, or give more episodes, or ask for no such split "
            "(`ingestion.split.val_fraction=0`, `test_fraction=0`)"
        )
    longest = max(episodes, key=lambda episode: episode.num_frames / episode.fps)
    gap, smallest = smallest_part(longest, params)
    parts = 1 + (split.val_share > 0) + (split.test_fraction > 0)
    return (
        f"found {count} for {fractions} of each one's time, the longest of {longest.num_frames} "
        f"frames at {longest.fps:g} Hz; expected at least {parts * smallest + (parts - 1) * gap} "
        f"frames: a pair of {params.max_horizon_s:g} s in every part and a gap of {gap} frames. "
        "Lower the horizon (`horizon_s`), or give longer recordings"
    )


def require_content(
    splits: Mapping[str, Sequence[EpisodeFacts]],
    results: Sequence[ShardResult],
    params: IngestionParams,
) -> None:
    """Refuse a result in which decoding has lost all of a split or of a dataset.

    Raises:
        EmptyResultError: with how many episodes were skipped, and the first of them.
    """
    skipped = [bad for result in results for bad in result.skipped]
    datasets = {facts.source for taken in splits.values() for facts in taken}
    left = {source for result in results for source in result.episodes}
    for source in sorted(datasets - left):
        own = [bad for bad in skipped if bad["source"] == source] or skipped
        _refuse(f"nothing is left of dataset {source!r}{_first(own)}", params)
    for name in params.split.asked():
        own_results = [result for result in results if result.split == name]
        if not sum(result.clips for result in own_results):
            lost = [bad for result in own_results for bad in result.skipped]
            _refuse(f"nothing is left of the split {name!r}{_first(lost)}", params)


def _first(skipped: Sequence[Mapping[str, str]]) -> str:
    if not skipped:
        return ""
    return f"; the first of {len(skipped)} skipped: {BadInputError(BadRecord(**skipped[0]))}"


def _refuse(problem: str, params: IngestionParams) -> None:
    if not params.allow_empty:
        raise EmptyResultError(f"{problem}; {_ACCEPT}")
    logger.warning("%s; accepted by allow_empty", problem)
