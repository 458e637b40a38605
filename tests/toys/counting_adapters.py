"""Adapters that note in a file, ``opened`` beside their folder, each time they open an item.

They lie here and not in a test, for worker processes import them by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lapa.data.bad_input import OnBad, raise_bad, read_each
from lapa.data.episode import Episode, Frames
from toys.episodes import moving_square_episodes

EPISODES = 24


def _frames(number: int, indices: Any = None) -> Frames:
    return moving_square_episodes(EPISODES)[number].frames(indices)


def _opened(file: Path) -> Episode:
    """Read one item, and note in a file that it was opened."""
    number = int(file.stem)
    with (file.parent.parent / "opened").open("a") as log:  # one write per line: safe to share
        log.write(f"{number}\n")
    made = moving_square_episodes(EPISODES)[number]
    return replace(made, read_frames=partial(_frames, number))


def open_each(path: Path, *, report: OnBad = raise_bad) -> Iterator[Episode]:
    yield from read_each(sorted(path.glob("*")), _opened, report)


def open_by_closure(path: Path, *, report: OnBad = raise_bad) -> Iterator[Episode]:
    yield from read_each(sorted(path.glob("*")), lambda file: _opened(file), report)  # noqa: PLW0108 (no pickle)


def open_in_a_loop(path: Path, *, report: OnBad = raise_bad) -> Iterator[Episode]:
    for file in sorted(path.glob("*")):
        yield _opened(file)


def open_and_change(path: Path, *, report: OnBad = raise_bad) -> Iterator[Episode]:
    """Single items come back without the change, so the source has to be walked."""
    for episode in read_each(sorted(path.glob("*")), _opened, report):
        yield replace(episode, instruction=f"do {episode.instruction}")
