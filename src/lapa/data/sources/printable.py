"""Episodes whose names and texts can be written to a file, whatever bytes they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from lapa.data.episode import Episode
from lapa.data.visible_text import visible, visible_in

NOTE: Final = "a name or text holds bytes that are not Unicode; they are shown with backslashes"

TEXTS: Final = ("source", "episode_id", "instruction", "environment")
NAMES: Final = ("action_names", "action_units", "state_names")


def printable(episodes: Iterable[Episode]) -> Iterator[Episode]:
    """Yield every episode with its texts made `visible`, and a note where that changed one.

    Its provenance becomes what JSON takes.
    """
    for episode in episodes:
        given = {name: getattr(episode, name) for name in (*TEXTS, *NAMES)}
        shown = {name: visible(given[name]) for name in TEXTS}
        names = {name: tuple(map(visible, given[name])) for name in NAMES}
        provenance = visible_in(episode.provenance)
        if given != {**shown, **names}:
            provenance["notes"] = [*provenance.get("notes", ()), NOTE]
        yield replace(episode, **shown, **names, provenance=provenance)
