"""Episodes whose names and texts can be written to a file, whatever bytes they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from lapa.data.episode import Episode
from lapa.data.visible_text import visible, visible_in

NOTE: Final = "a name or text holds bytes that are not Unicode, or control characters; they are shown with backslashes"


def printable(episodes: Iterable[Episode]) -> Iterator[Episode]:
    """Yield every episode with its texts made `visible`, and a note where that changed one.

    Its provenance becomes what JSON takes.
    """
    for episode in episodes:
        shown = replace(
            episode,
            source=visible(episode.source),
            episode_id=visible(episode.episode_id),
            instruction=visible(episode.instruction),
            environment=visible(episode.environment),
            action_names=tuple(map(visible, episode.action_names)),
            action_units=tuple(map(visible, episode.action_units)),
            state_names=tuple(map(visible, episode.state_names)),
            provenance=visible_in(episode.provenance),
        )
        yield shown if _texts(shown) == _texts(episode) else _noted(shown)


def _texts(episode: Episode) -> tuple[object, ...]:
    texts = (episode.source, episode.episode_id, episode.instruction, episode.environment)
    return (*texts, *episode.action_names, *episode.action_units, *episode.state_names)


def _noted(episode: Episode) -> Episode:
    notes = [*episode.provenance.get("notes", ()), NOTE]
    return replace(episode, provenance={**episode.provenance, "notes": notes})
