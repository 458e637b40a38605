"""What was predicted, the same for every kind of model: facts about it, and arrays by recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FORMAT: Final = "lapa.prediction/1"
"""Version of the JSON and NPZ files; it changes with the meaning of a field."""

Arrays = dict[str, NDArray[Any]]
"""By name; the first axis of each is the frame."""


@dataclass(frozen=True, kw_only=True)
class RecordingPrediction:
    """What a model said of one recording."""

    name: str
    instruction: str | None
    """Of the recording; a quantiser is not told it."""
    control_hz: float | None
    """Frames per second of robot time; None where nobody knows."""
    frames: NDArray[np.int64]
    """``(frame,)``: numbers of the frames that were looked at."""
    arrays: Arrays
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else is known of this recording, JSON-able."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a model said of all recordings."""

    facts: Mapping[str, Any]
    """Of the model, JSON-able: kind, digest, what its numbers mean."""
    recordings: tuple[RecordingPrediction, ...]

    @property
    def num_frames(self) -> int:
        """Frames that were looked at."""
        return sum(len(recording.frames) for recording in self.recordings)
