"""One action vector per dataset: recordings of another width are a dataset of their own.

Statistics, probes and policies are per dataset and need vectors of one length; a folder may hold
one-armed and two-armed recordings all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lapa.data.episode import Episode

Widths = dict[str, int]
"""Usual number of action columns of each dataset."""


def split_by_width(episodes: Iterable[Episode], widths: Widths | None = None) -> Iterator[Episode]:
    """Yield every episode, renamed where its actions are not as wide as the first of its dataset.

    The width of the first episode with actions keeps the name; the others become ``name_14d`` and say so
    in their notes. The same episodes in the same order get the same names every time; ``widths``, which
    is filled in, gives single ones the same names again.
    """
    usual: Widths = {} if widths is None else widths
    for episode in episodes:
        width = _width(episode)
        expected = usual.setdefault(episode.source, width) if width else 0
        yield episode if width == expected else _renamed(episode, width, expected)


def _width(episode: Episode) -> int:
    return 0 if episode.actions is None else int(episode.actions.shape[1])


def _renamed(episode: Episode, width: int, expected: int) -> Episode:
    begin = f"{width} action columns, "
    note = (
        f"{begin}{episode.source!r} has {expected}: a dataset of its own; give the recordings "
        "different names to choose others"
    )
    # a source that was renamed says it of the name that counts
    others = [text for text in episode.provenance.get("notes", ()) if not text.startswith(begin)]
    notes = [*others, note]
    return replace(
        episode,
        source=f"{episode.source}_{width}d",
        provenance={**episode.provenance, "notes": notes},
    )
