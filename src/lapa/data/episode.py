"""The one shape every raw source takes before ingestion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.frame_indices import resolve_indices
from lapa.records import ActionMeaning

Frames = NDArray[np.uint8]
"""Images, ``uint8 [0, 255]``, RGB, shape ``(frame, height, width, 3)``."""

FrameReader = Callable[[Sequence[int] | None], Frames]
"""Decodes the frames at the given indices (all for ``None``), in the order asked."""


@dataclass(frozen=True)
class Again:
    """How to read one episode once more without its neighbours: ``read(item)``."""

    read: Callable[[Any], Any]
    """The adapter's reader, shared by all its episodes; a pickle if it is to work in parallel."""
    item: Any
    """What is read: a path, a record's place; small, for one is kept per episode."""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One recording: lazily decoded frames and everything known about them.

    Row ``i`` of ``actions`` is what was commanded between frame ``i`` and frame ``i + 1``;
    where a source stores one frame more than actions, the adapter states its rule.
    """

    source: str
    """Dataset name, e.g. ``bridge``."""
    episode_id: str
    """Unique within the source; derived from content when the source has none."""
    num_frames: int
    fps: float
    """Control rate in Hz: frames per second of robot time, not the file header's claim."""
    read_frames: FrameReader
    times: NDArray[np.float64] | None = None
    """``float64 (num_frames,)``: when each frame is shown, s, of a recording whose frames are not
    evenly spaced; None where frame ``i`` is at ``i / fps``."""
    instruction: str = ""
    """What was asked for; empty where nobody wrote it down."""
    actions: NDArray[np.float32] | None = None
    """``float32 (num_frames, action_dim)``; None for action-free video."""
    action_names: tuple[str, ...] = ()
    action_units: tuple[str, ...] = ()
    """One per action dimension, or empty where the source does not tell."""
    actions_are: tuple[ActionMeaning, ...] = ()
    """One per action dimension; empty where the source does not tell."""
    states: NDArray[np.float32] | None = None
    """``float32 (num_frames, state_dim)``: proprioception."""
    state_names: tuple[str, ...] = ()
    environment: str = ""
    """Scene or laboratory, where the source tells; splits may hold it out."""
    success: bool | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """JSON-able facts on where it came from: file, record number, camera."""
    again: Again | None = field(default=None, repr=False, compare=False)
    """Spares reading the whole source once more; `lapa.data.bad_input.read_each` fills it in."""

    def frames(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode frames ``indices`` (all when None) as ``uint8 (frame, height, width, 3)`` RGB.

        Raises:
            IndexError: an index outside the episode.
            BadInputError: the frames cannot be read, whatever the reader raised.
        """
        from lapa.data.bad_input import naming  # noqa: PLC0415 (its `read_each` knows episodes)

        asked = None if indices is None else resolve_indices(indices, self.num_frames)
        with naming(self.source, self.episode_id):
            return self.read_frames(asked)
