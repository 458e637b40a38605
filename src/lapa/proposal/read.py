"""Reads what a source holds: every recording's rows, and a few frames of every camera."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputs
from lapa.data.episode import Episode
from lapa.data.sources.base.rows import numbered_names
from lapa.data.sources.registry import open_source
from lapa.proposal.facts import DatasetFacts, SourceFacts
from lapa.proposal.look import look_at_cameras
from lapa.refused import RefusedError

SHOWN = 5
"""Bad recordings that a refusal names."""


def read_source(
    kind: str,
    path: Path,
    options: Mapping[str, Any],
    *,
    at_most: int,
    on_recording: Callable[[int], object] = lambda _: None,
) -> SourceFacts:
    """Read rows of the recordings, and of each camera some frames of the first one.

    Args:
        kind: of the source.
        path: its file or folder.
        options: of its adapter.
        at_most: recordings that are read; a source may hold a million.
        on_recording: called with the number read so far.

    Raises:
        RefusedError: nothing in it can be used; the reasons are listed.
        SettingsError: a wrong option.
    """
    report = BadInputs()
    seen: dict[str, _Seen] = {}
    first: Episode | None = None
    episodes = open_source(kind, path, report=report, **options)
    count = 0
    for count, episode in enumerate(islice(episodes, at_most), start=1):
        first = first or episode
        seen.setdefault(episode.source, _Seen()).add(episode)
        on_recording(count)
    if first is None:
        raise RefusedError(_nothing_usable(kind, path, report))
    is_complete = count < at_most or next(episodes, None) is None
    cameras, usual, picture = look_at_cameras(kind, path, options, first)
    datasets = sorted(
        (one.facts(name) for name, one in seen.items()), key=lambda facts: -facts.frames
    )
    return SourceFacts(
        kind=kind,
        path=path,
        options=options,
        datasets=tuple(datasets),
        cameras=cameras,
        usual_camera=usual,
        picture=picture,
        bad=tuple(report.records),
        is_complete=is_complete,
    )


def _nothing_usable(kind: str, path: Path, report: BadInputs) -> str:
    shown = [
        f"{bad.item or bad.source}: {bad.reason}: {bad.detail}" for bad in report.records[:SHOWN]
    ]
    more = len(report.records) - SHOWN
    reasons = "\n  ".join([*shown, *([f"and {more} more"] if more > 0 else [])])
    return (
        f"{path}: found no recording that can be used as {kind!r}, expected at least one:\n  "
        f"{reasons or 'it is empty'}"
    )


@dataclass
class _Seen:
    """Recordings of one dataset, without their frames and rows."""

    acting: Episode | None = None
    """The first one with actions."""
    state_names: tuple[str, ...] | None = None
    lengths: list[int] = field(default_factory=list)
    rates: set[float] = field(default_factory=set)
    instructions: Counter[str] = field(default_factory=Counter)
    notes: dict[str, None] = field(default_factory=dict)

    def add(self, episode: Episode) -> None:
        if self.acting is None and episode.actions is not None:
            self.acting = episode
        names = _columns(episode.state_names, episode.states, "state")
        self.state_names = names if self.state_names in (None, names) else ()
        self.lengths.append(episode.num_frames)
        self.rates.add(episode.fps)
        self.instructions[episode.instruction] += 1
        self.notes |= dict.fromkeys(map(str, episode.provenance.get("notes", ())))

    def facts(self, name: str) -> DatasetFacts:
        acting = self.acting
        spoken = [text for text, _ in self.instructions.most_common() if text]
        return DatasetFacts(
            name=name,
            lengths=tuple(self.lengths),
            rates=tuple(sorted(self.rates)),
            action_names=_columns(acting.action_names, acting.actions, "action") if acting else (),
            action_units=acting.action_units if acting else (),
            actions_are=acting.actions_are if acting else (),
            state_names=self.state_names or (),
            instructions=tuple(spoken),
            without_instruction=self.instructions[""],
            notes=tuple(self.notes),
        )


def _columns(
    names: tuple[str, ...], rows: NDArray[np.float32] | None, prefix: str
) -> tuple[str, ...]:
    """Names of the columns, numbers where the source has none; empty without rows."""
    if rows is None:
        return ()
    return names if len(names) == rows.shape[1] else numbered_names(prefix, rows.shape[1])
