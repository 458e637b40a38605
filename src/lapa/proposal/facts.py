"""What was read of a source: its datasets, its cameras, and what cannot be used."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lapa.data.bad_input import BadRecord
from lapa.records import ActionMeaning

BLANK: Final = 2.0
"""Grey levels: a camera whose pixels spread less shows one colour."""


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """One dataset of a source, as ingestion will call it."""

    name: str
    lengths: tuple[int, ...]
    """Frames of each recording."""
    rates: tuple[float, ...]
    """Distinct control rates, Hz."""
    action_names: tuple[str, ...]
    """One per dimension; empty where no recording has actions."""
    action_units: tuple[str, ...] = ()
    actions_are: tuple[ActionMeaning, ...] = ()
    state_names: tuple[str, ...] = ()
    """One per dimension; empty where a recording has no states, or others."""
    instructions: tuple[str, ...] = ()
    """Distinct ones, the commonest first."""
    without_instruction: int = 0
    """Recordings."""
    notes: tuple[str, ...] = ()
    """What the adapter remarked, each once."""

    @property
    def frames(self) -> int:
        """Of all recordings."""
        return sum(self.lengths)

    @property
    def length(self) -> int:
        """Frames of the recording in the middle."""
        return int(statistics.median_low(self.lengths))


@dataclass(frozen=True, kw_only=True)
class CameraFacts:
    """A camera, as its first recording shows it."""

    name: str
    height: int = 0
    width: int = 0
    spread: float = 0.0
    """Standard deviation of the pixels, of 255 grey levels."""
    change: float = 0.0
    """Mean absolute change over the horizon, of 255 grey levels."""
    problem: str = ""
    """Why it cannot be read; empty where it can."""

    @property
    def is_usable(self) -> bool:
        """Whether it shows anything."""
        return not self.problem and self.spread >= BLANK


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """Everything about a source that the proposal looks at."""

    kind: str
    path: Path
    options: Mapping[str, Any]
    """Of the adapter, as given."""
    datasets: tuple[DatasetFacts, ...]
    """The one with most frames first."""
    cameras: tuple[CameraFacts, ...] = ()
    """In the order of the source."""
    usual_camera: str = ""
    """The one that the adapter takes when none is named."""
    picture: tuple[int, int] = (0, 0)
    """Height and width of that camera's frames."""
    bad: tuple[BadRecord, ...] = ()
    is_complete: bool = True
    """False where only the first recordings were read."""

    @property
    def acting(self) -> tuple[DatasetFacts, ...]:
        """The datasets with actions."""
        return tuple(dataset for dataset in self.datasets if dataset.action_names)

    @property
    def frames(self) -> int:
        """Of all datasets."""
        return sum(dataset.frames for dataset in self.datasets)

    @property
    def recordings(self) -> int:
        """Of all datasets."""
        return sum(len(dataset.lengths) for dataset in self.datasets)
