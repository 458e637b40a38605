"""Brings a planned episode back: by its own item where the adapter can, else by walking the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lapa.data.bad_input import BadRecord
from lapa.data.episode import Episode
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.listing import EpisodeFacts, facts_of
from lapa.data.sources.base.action_width import Widths
from lapa.params.ingestion import IngestionParams


class Fetcher:
    """Reads planned episodes; one that was just read is kept, for its next part.

    Walking goes forward only, so that a caller who asks in source order reads a source once.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        readers: Mapping[int, Callable[[Any], Episode]],
        widths: Sequence[Widths],
        settings: IngestionParams,
    ) -> None:
        self._inputs, self._readers, self._widths = inputs, readers, widths
        self._settings = settings
        self._walks: dict[int, tuple[int, Iterator[Episode]]] = {}
        self._last: tuple[tuple[int, int], Episode] | None = None

    def fetch(self, facts: EpisodeFacts) -> Episode:
        """Return the planned episode, whole.

        Raises:
            BadInputError: it can no longer be read.
            RuntimeError: the source no longer yields what was planned.
        """
        place = (facts.input, facts.ordinal)
        if self._last is None or self._last[0] != place:
            self._last = None  # frees the old one, which may hold its pictures, before the next
            self._last = (place, self._single(facts) or self._walked(facts))
        return self._last[1]

    def _single(self, facts: EpisodeFacts) -> Episode | None:
        if facts.reader is None:
            return None
        source = self._inputs[facts.input]
        read, widths = self._readers[facts.reader], self._widths[facts.input]
        episode = source.single(read, facts.item, self._settings, widths)
        # an adapter may change what `read_each` yields; then only a walk gives the same again
        return episode if _is_planned(episode, facts) else None

    def _walked(self, facts: EpisodeFacts) -> Episode:
        position, episodes = self._walks.get(facts.input, (0, None))
        if episodes is None or position > facts.ordinal:
            position = 0
            episodes = self._inputs[facts.input].episodes(self._settings, _already_reported)
        episode = None
        for _ in range(facts.ordinal - position + 1):
            episode = next(episodes, None)
        self._walks[facts.input] = (facts.ordinal + 1, episodes)
        if episode is None or not _is_planned(episode, facts):
            raise RuntimeError(
                f"source {facts.source} changed while it was read: episode {facts.ordinal} was "
                f"{facts.episode_id!r} of {facts.num_frames} frames, now "
                f"{episode and episode.episode_id!r}; run ingestion again"
            )
        return episode


def _is_planned(episode: Episode, facts: EpisodeFacts) -> bool:
    facts_now = facts_of(episode, facts.input, facts.ordinal).plain()
    return facts_now == {**facts.plain(), "part": None}


def _already_reported(record: BadRecord) -> None:
    """Listing has reported (or raised) what this pass meets again."""
