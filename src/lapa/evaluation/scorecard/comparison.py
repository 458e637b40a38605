"""Scorecards side by side: metric by metric, the others minus the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lapa.evaluation.score import Better
from lapa.evaluation.scorecard.card import Line, Scorecard
from lapa.evaluation.scorecard.difference import Difference, difference
from lapa.evaluation.scorecard.storage import read_resamples, read_scorecard
from lapa.evaluation.statistics.resampled import Resamples
from lapa.refused import RefusedError

Key = tuple[str, str]
BELOW = ("laq", "laq_page")
"""Folders of a run's reports that hold a scorecard."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One checkpoint of the comparison."""

    name: str
    card: Scorecard
    resamples: Mapping[Key, Resamples]

    def line(self, key: Key) -> Line | None:
        """One metric; None where it was not measured."""
        return next((line for line in self.card.lines if line.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One metric of all checkpoints."""

    analysis: str
    metric: str
    better: Better
    lines: tuple[Line | None, ...]
    """One a checkpoint; None where it was not measured."""
    differences: tuple[Difference | None, ...]
    """Of every checkpoint but the first: it minus the first."""

    def is_better(self, place: int) -> bool | None:
        """Whether a checkpoint is better than the first; None where that is not known.

        Args:
            place: in `differences`.
        """
        apart = self.differences[place]
        return None if apart is None else apart.is_better(self.better)

    def counts(self, place: int) -> bool:
        """Whether either of the two beats its control: else the difference is one between two kinds of nothing."""
        pair = (self.lines[0], self.lines[place + 1])
        return any(line is not None and line.verdict == "passes" for line in pair)


def read_column(folder: Path, name: str) -> Column:
    """Read the card of a report folder, or of the folder of a run's reports.

    Raises:
        RefusedError: there is none.
    """
    for place in (folder, *(folder / below for below in BELOW)):
        if (card := read_scorecard(place)) is not None:
            return Column(name=name, card=card, resamples=read_resamples(place, card))
    raise RefusedError(
        f"{folder} holds no scorecard.json, expected a report about codes, such as data/08_reporting/RUN/laq or "
        "what `lapa analyse` writes; reports of older versions have none: measure again"
    )


def short_names(folders: Sequence[Path]) -> list[str]:
    """What tells folders apart: the last parts of their paths, as few as suffice."""
    parts = [folder.resolve().parts for folder in folders]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(own[-length:]) for own in parts]
        if len(set(names)) == len(names):
            return names
    raise RefusedError(
        f"found {', '.join(map(str, folders))}, expected every folder once: nothing differs from itself"
    )


def compare(columns: Sequence[Column]) -> list[Row]:
    """Every metric that any checkpoint has, in the order of the cards.

    Args:
        columns: at least one.
    """
    keys = dict.fromkeys(line.key for column in columns for line in column.card.lines)
    return [_row(key, columns) for key in keys]


def chosen(rows: Sequence[Row], metrics: Sequence[str]) -> list[Row]:
    """The rows of these metrics, in this order; all of them where none is named.

    Raises:
        RefusedError: no checkpoint has one of them.
    """
    if not metrics:
        return list(rows)
    named = {row.metric: row for row in rows}
    if unknown := [name for name in metrics if name not in named]:
        raise RefusedError(
            f"--metrics: found {', '.join(unknown)}, expected some of {', '.join(sorted(named))}"
        )
    return [named[name] for name in metrics]


def _row(key: Key, columns: Sequence[Column]) -> Row:
    lines = tuple(column.line(key) for column in columns)
    measured = next(line for line in lines if line is not None)
    return Row(
        analysis=key[0],
        metric=key[1],
        better=measured.better,
        lines=lines,
        differences=tuple(_minus_first(key, other, columns[0]) for other in columns[1:]),
    )


def _minus_first(key: Key, other: Column, first: Column) -> Difference | None:
    one, two = other.line(key), first.line(key)
    if one is None or two is None:
        return None
    same = other.card.episodes == first.card.episodes
    drawn = (other.resamples.get(key), first.resamples.get(key)) if same else (None, None)
    return difference(one.metric, two.metric, drawn)
