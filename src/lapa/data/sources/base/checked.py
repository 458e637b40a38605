"""What every episode must satisfy, whichever adapter made it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, OnBad, bad_episode, naming, raise_bad
from lapa.data.episode import Episode
from lapa.data.limits import MAX_INSTRUCTION


def checked(
    episodes: Iterable[Episode], *, report: OnBad = raise_bad, min_frames: int = 2
) -> Iterator[Episode]:
    """Yield the sound episodes; the others go to ``report``, each once.

    Reasons: ``no_frames``, ``one_frame`` (no pair fits), ``too_short`` (for ``min_frames``),
    ``bad_fps``, ``absurd_text``, ``length_mismatch``, ``name_mismatch``, ``not_finite`` and ``duplicate_id`` (within
    one dataset; the first one counts). Keeps one hash per episode to know the ids it has seen.
    """
    seen: set[int] = set()
    for episode in episodes:
        try:
            with naming(episode.source, episode.episode_id):
                _check(episode, min_frames)
                _check_new(episode, seen)
        except BadInputError as error:
            report(error.record)
            continue
        yield episode


def _check(episode: Episode, min_frames: int) -> None:
    if episode.num_frames < 1:
        raise bad_episode(episode, "no_frames", "found 0 frames")
    if episode.num_frames < 2:
        raise bad_episode(episode, "one_frame", "found 1 frame, a pair needs 2")
    if episode.num_frames < min_frames:
        detail = f"{episode.num_frames} frames, expected at least {min_frames}"
        raise bad_episode(episode, "too_short", detail)
    if not math.isfinite(episode.fps) or episode.fps <= 0:
        raise bad_episode(
            episode, "bad_fps", f"control rate is {episode.fps} Hz, expected more than 0"
        )
    if len(episode.instruction) > MAX_INSTRUCTION:
        detail = f"{len(episode.instruction)} characters of instruction, at most {MAX_INSTRUCTION}"
        raise bad_episode(episode, "absurd_text", detail)
    _check_rows(episode, "actions", episode.actions, episode.action_names)
    _check_rows(episode, "states", episode.states, episode.state_names)


def _check_rows(
    episode: Episode, member: str, rows: NDArray[np.float32] | None, names: tuple[str, ...]
) -> None:
    if rows is None:
        return
    if rows.ndim != 2 or len(rows) != episode.num_frames:
        expected = f"({episode.num_frames}, n)"
        raise bad_episode(
            episode, "length_mismatch", f"{member} are {rows.shape}, expected {expected}"
        )
    if names and len(names) != rows.shape[1]:
        detail = f"{member} have {rows.shape[1]} columns and {len(names)} names"
        raise bad_episode(episode, "name_mismatch", detail)
    broken = np.argwhere(~np.isfinite(rows))
    if len(broken):
        row, column = broken[0]
        name = names[column] if names else column
        detail = (
            f"{len(broken)} values of {member} are NaN or infinite, the first at row {row}, "
            f"column {name}: {rows[row, column]}"
        )
        raise bad_episode(episode, "not_finite", detail)


def _check_new(episode: Episode, seen: set[int]) -> None:
    key = hash((episode.source, episode.episode_id))
    if key in seen:
        raise bad_episode(
            episode, "duplicate_id", "an earlier episode of this dataset has the same id"
        )
    seen.add(key)
