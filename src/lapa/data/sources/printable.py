"""Episodes whose names and texts can be written to a file, whatever bytes they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from lapa.data.episode import Episode
from lapa.data.visible_text import visible, visible_in

NOTE: Final = "a name or text holds bytes that are not Unicode; they are shown with backslashes"


def printable(episodes: Iterable[Episode]) -> Iterator[Episode]:
    """Yield every episode with its texts made `visible`, and a note where that changed one."""
    for episode in episodes:
        texts = (episode.source, episode.episode_id, episode.instruction, episode.environment)
        shown = tuple(map(visible, texts))
        provenance = visible_in(episode.provenance)
        if shown == texts and provenance == episode.provenance:
            yield episode
            continue
        provenance["notes"] = [*provenance.get("notes", ()), NOTE]
        source, episode_id, instruction, environment = shown
        yield replace(
            episode,
            source=source,
            episode_id=episode_id,
            instruction=instruction,
            environment=environment,
            action_names=tuple(map(visible, episode.action_names)),
            action_units=tuple(map(visible, episode.action_units)),
            state_names=tuple(map(visible, episode.state_names)),
            provenance=provenance,
        )
