"""Looks through every camera of a source: does it show anything, and does the picture move?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode
from lapa.data.sources.cameras import camera_names
from lapa.data.sources.registry import open_source
from lapa.proposal.facts import CameraFacts
from lapa.proposal.horizon import PAPER_S

PAIRS: Final = 4
"""Pairs of frames that are looked at, evenly spaced over the recording."""


def look_at_cameras(
    kind: str, path: Path, options: Mapping[str, Any], first: Episode
) -> tuple[tuple[CameraFacts, ...], str, tuple[int, int]]:
    """Look at the first recording through every camera.

    Args:
        kind: of the source.
        path: its file or folder.
        options: of its adapter; a ``camera`` among them was chosen already.
        first: the first recording, as the adapter gives it.

    Returns:
        The cameras; the name of the one that ``first`` shows; height and width of its frames.
    """
    usual = str(first.provenance.get("camera", ""))
    names = camera_names(kind, path, options)
    others = {name: _first_through(kind, path, options, name) for name in names if name != usual}
    here = _seen(usual, first)
    cameras = tuple(here if name == usual else others[name] for name in names)
    return cameras or (here,), usual, (here.height, here.width)


def _first_through(kind: str, path: Path, options: Mapping[str, Any], name: str) -> CameraFacts:
    try:
        episode = next(iter(open_source(kind, path, **{**options, "camera": name})), None)
    except BadInputError as error:
        return CameraFacts(name=name, problem=error.record.reason)
    return CameraFacts(name=name, problem="shows nothing") if not episode else _seen(name, episode)


def _seen(name: str, episode: Episode) -> CameraFacts:
    """What the frames of one recording look like."""
    offset = min(max(1, round(PAPER_S * episode.fps)), episode.num_frames - 1)
    starts = np.linspace(0, episode.num_frames - 1 - offset, PAIRS).round().astype(int)
    try:
        before, after = (
            episode.frames(indices.tolist()).astype(np.float32)
            for indices in (starts, starts + offset)
        )
    except BadInputError as error:
        return CameraFacts(name=name, problem=error.record.reason)
    return CameraFacts(
        name=name,
        height=before.shape[1],
        width=before.shape[2],
        spread=float(np.stack([before, after]).std()),
        change=float(np.abs(after - before).mean()),
    )
