"""One pass over the sources, no frame decoded: what planning needs to know about every episode."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lapa.data.bad_input import BadRecord, OnBad
from lapa.data.episode import Again, Episode
from lapa.data.ingestion.inputs import Input
from lapa.data.sources.base.action_width import Widths
from lapa.params.ingestion import IngestionParams
from lapa.records import ActionMeaning


@dataclass(frozen=True, kw_only=True)
class EpisodeFacts:
    """What planning needs to know about an episode, or about the part of it that one split gets."""

    input: int
    """Which source."""
    ordinal: int
    """Position among the source's usable episodes."""
    source: str
    episode_id: str
    environment: str
    instruction: str
    num_frames: int
    """Frames of the whole episode."""
    fps: float
    has_actions: bool
    action_names: tuple[str, ...] = ()
    action_units: tuple[str, ...] = ()
    actions_are: tuple[ActionMeaning, ...] = ()
    values: str = ""
    """Digest of all else that is stored: tells whether an episode read again is the same one."""
    part: tuple[int, int] | None = None
    """First frame and end of what a split by time takes; None takes the whole episode."""
    reader: int | None = field(default=None, compare=False)
    """Number of the reader (`Listing.readers`) that reads ``item``; None: only the source as a whole."""
    item: Any = field(default=None, compare=False, repr=False)

    @property
    def identity(self) -> tuple[str, str]:
        """What must be unique in a shard set."""
        return self.source, self.episode_id

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the order of reading."""
        return self.input, self.ordinal, self.start

    @property
    def start(self) -> int:
        """First frame taken."""
        return self.part[0] if self.part else 0

    @property
    def taken(self) -> int:
        """Frames taken."""
        return self.part[1] - self.part[0] if self.part else self.num_frames

    def plain(self) -> dict[str, Any]:
        """Everything but how it is read."""
        return {name: getattr(self, name) for name in _PLAIN}


_PLAIN = tuple(f.name for f in fields(EpisodeFacts) if f.name not in ("reader", "item"))


@dataclass(frozen=True)
class Listing:
    """Every usable episode, and the readers that fetch single ones."""

    episodes: list[EpisodeFacts]
    readers: dict[int, Callable[[Any], Episode]]
    widths: list[Widths]
    """Usual action widths of each source's datasets."""


def list_episodes(inputs: Sequence[Input], settings: IngestionParams, report: OnBad) -> Listing:
    """Read the facts of every usable episode, keeping none of the arrays.

    Of an episode that two sources hold under the same name, the first counts; the other is reported.
    """
    episodes: list[EpisodeFacts] = []
    readers = _Readers()
    widths: list[Widths] = [{} for _ in inputs]
    seen_before: set[tuple[str, str]] = set()
    for number, source in enumerate(inputs):
        usable = source.episodes(settings, report, widths[number])
        of_source = [
            readers.noted(facts_of(episode, number, ordinal), episode.again)
            for ordinal, episode in enumerate(usable)
        ]
        for facts in of_source:
            if facts.identity in seen_before:
                detail = f"source {number} repeats an episode of a source before it; rename one"
                report(BadRecord(facts.source, facts.episode_id, "duplicate_id", detail))
        episodes += [facts for facts in of_source if facts.identity not in seen_before]
        seen_before |= {facts.identity for facts in of_source}
    return Listing(episodes, readers.by_number, widths)


class _Readers:
    """Numbers readers in order of appearance; an adapter gives all its episodes the same one."""

    def __init__(self) -> None:
        self.by_number: dict[int, Callable[[Any], Episode]] = {}

    def noted(self, facts: EpisodeFacts, again: Again | None) -> EpisodeFacts:
        if again is None:
            return facts
        number = len(self.by_number) - 1
        if number < 0 or self.by_number[number] != again.read:
            number += 1
            self.by_number[number] = again.read
        return replace(facts, reader=number, item=again.item)


def facts_of(episode: Episode, number: int, ordinal: int) -> EpisodeFacts:
    """Describe episode ``ordinal`` of source ``number``."""
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
        values=_digest_of_rest(episode),
    )


def _digest_of_rest(episode: Episode) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for rows in (episode.actions, episode.states):
        digest.update(b"none" if rows is None else rows.tobytes())
    metadata = (episode.state_names, episode.success, dict(episode.provenance))
    digest.update(json.dumps(metadata, sort_keys=True, default=_marked).encode())
    return digest.hexdigest()


def _marked(value: object) -> list[str]:
    """Stand for what JSON does not know, unlike any text that an adapter might make of it."""
    return ["no JSON", repr(value)]


def plan_facts(
    inputs: Sequence[Input], settings: IngestionParams, episodes: Sequence[EpisodeFacts]
) -> dict[str, Any]:
    """Everything the shards depend on, JSON-able; two runs share work only when its digest is equal."""
    return {
        "settings": settings.model_dump(mode="json", exclude={"workers", "sources"}),
        "sources": [source.params.model_dump(mode="json") for source in inputs],
        "episodes": [episode.plain() for episode in episodes],
    }
