"""The episodes of one configured source, renamed, filtered and resampled as its parameters say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, Report, bad
from lapa.data.episode import Episode, Frames
from lapa.params.ingestion import IngestionParams, SourceParams

Opener = Callable[[Report], Iterator[Episode]]
"""Reads a source from the start; bad items go to the given report."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One source and how to read it; picklable whenever its opener is."""

    params: SourceParams
    open: Opener

    def episodes(self, settings: IngestionParams, report: Report) -> Iterator[Episode]:
        """Yield the source's usable episodes: the same ones, in the same order, every time."""
        prepared = (self._prepare(episode, settings) for episode in self.open(report))
        kept = (episode for episode in prepared if self._is_wanted(episode))
        checked = (episode for episode in kept if _is_sound(episode, settings, report))
        yield from islice(_without_repeats(checked, report), self.params.max_episodes)

    def _prepare(self, episode: Episode, settings: IngestionParams) -> Episode:
        named = replace(episode, source=self.params.name) if self.params.name else episode
        if settings.target_fps is None:
            return named
        return resample(named, settings.target_fps, actions=self.params.resample_actions)

    def _is_wanted(self, episode: Episode) -> bool:
        keep, leave = self.params.environments, self.params.exclude_environments
        return (not keep or episode.environment in keep) and episode.environment not in leave


def _is_sound(episode: Episode, settings: IngestionParams, report: Report) -> bool:
    try:
        check_episode(episode, min_frames=settings.min_frames)
    except BadInputError as error:
        report(error.record)
        return False
    return True


def _without_repeats(episodes: Iterator[Episode], report: Report) -> Iterator[Episode]:
    seen: set[tuple[str, str]] = set()
    for episode in episodes:
        identity = (episode.source, episode.episode_id)
        if identity in seen:
            detail = "a second episode with this id; expected ids that are unique within a source"
            report(bad("duplicate_episode", detail, source=identity[0], item=identity[1]).record)
            continue
        seen.add(identity)
        yield episode


def check_episode(episode: Episode, *, min_frames: int) -> None:
    """Refuse what no stage could use.

    Raises:
        BadInputError: too short, no frame rate, arrays of another length, NaN or infinite values.
    """
    fail = partial(bad, source=episode.source, item=episode.episode_id)
    if episode.num_frames < min_frames:
        raise fail("too_short", f"{episode.num_frames} frames, expected at least {min_frames}")
    if not (np.isfinite(episode.fps) and episode.fps > 0):
        raise fail("no_frame_rate", f"fps is {episode.fps}, expected a positive rate in Hz")
    for name, values in (("actions", episode.actions), ("states", episode.states)):
        if values is None:
            continue
        if values.ndim != 2 or len(values) != episode.num_frames:
            wanted = f"({episode.num_frames}, dimension): one row per frame"
            raise fail(f"{name}_shape", f"{name} have shape {values.shape}, expected {wanted}")
        if not np.isfinite(values).all():
            rows = np.flatnonzero(~np.isfinite(values).all(axis=1))
            raise fail(
                f"{name}_not_finite", f"NaN or infinite {name} in {len(rows)} rows, first {rows[0]}"
            )


def resample(episode: Episode, target_fps: float, *, actions: str) -> Episode:
    """Keep every frame nearest to a multiple of ``1 / target_fps``.

    The action of a kept frame is the sum over the source frames up to the next kept one (for
    actions that are differences), or the first of them (for actions that are targets).

    Raises:
        BadInputError: the source is slower than ``target_fps``; frames are never invented.
    """
    if target_fps > episode.fps * 1.001:
        detail = (
            f"recorded at {episode.fps} Hz, expected at least target_fps = {target_fps}; lower it"
        )
        raise bad(
            "too_few_frames_per_second", detail, source=episode.source, item=episode.episode_id
        )
    if abs(target_fps - episode.fps) <= episode.fps * 0.001:
        return episode
    count = int((episode.num_frames - 1) * target_fps / episode.fps + 1e-6) + 1
    kept = np.round(np.arange(count) * episode.fps / target_fps).astype(np.int64)

    def read(indices: object = None) -> Frames:
        chosen = kept if indices is None else kept[np.asarray(indices, dtype=np.int64)]
        return episode.frames(chosen.tolist())

    return replace(
        episode,
        num_frames=count,
        fps=target_fps,
        read_frames=read,
        actions=_per_interval(episode.actions, kept, actions),
        states=None if episode.states is None else episode.states[kept],
        provenance={**episode.provenance, "recorded_fps": episode.fps},
    )


def _per_interval(
    actions: NDArray[np.float32] | None, kept: NDArray[np.int64], how: str
) -> NDArray[np.float32] | None:
    if actions is None or how == "first":
        return None if actions is None else actions[kept]
    # float64 keeps the sum of many small differences exact enough
    return np.add.reduceat(actions.astype(np.float64), kept, axis=0).astype(np.float32)
