"""The episodes of one configured source, renamed, filtered and resampled as its parameters say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import Report, bad, read_each
from lapa.data.episode import Episode, Frames
from lapa.data.sources.action_width import split_by_width
from lapa.data.sources.checked import checked
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
        renamed = (self._renamed(episode) for episode in self.open(report))
        wanted = (episode for episode in renamed if self._is_wanted(episode))
        prepared = read_each(wanted, partial(self._resampled, rate=settings.target_fps), report)
        # checked once more: renaming and resampling change ids and lengths
        sound = checked(split_by_width(prepared), report=report, min_frames=settings.min_frames)
        yield from islice(sound, self.params.max_episodes)

    def _renamed(self, episode: Episode) -> Episode:
        return replace(episode, source=self.params.name) if self.params.name else episode

    def _resampled(self, episode: Episode, rate: float | None) -> Episode:
        if rate is None:
            return episode
        return resample(episode, rate, actions=self.params.resample_actions)

    def _is_wanted(self, episode: Episode) -> bool:
        keep, leave = self.params.environments, self.params.exclude_environments
        return (not keep or episode.environment in keep) and episode.environment not in leave


def resample(episode: Episode, target_fps: float, *, actions: str) -> Episode:
    """Keep every frame nearest to a multiple of ``1 / target_fps``.

    The action of a kept frame is the sum over the source frames up to the next kept one (for
    actions that are differences), or the first of them (for actions that are targets).

    Raises:
        BadInputError: the source is slower than ``target_fps`` (frames are never invented), or
            targets were to be summed.
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
    if actions == "sum" and episode.provenance.get("actions_are") == "absolute":
        detail = (
            "its actions are absolute targets, expected differences; use resample_actions: first"
        )
        raise bad("absolute_actions", detail, source=episode.source, item=episode.episode_id)
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
