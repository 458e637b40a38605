"""Another frame rate for an episode, or an even one: which frames stay, and what happens to actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad_episode
from lapa.data.episode import Episode, FrameReader, Frames
from lapa.data.media.frame_times import time_grid

ActionRule = Literal["sum", "first"]
SAME: Final = 0.001
"""Rates that differ by less than this share are one rate."""


def resample(episode: Episode, target_fps: float | None, *, actions: ActionRule) -> Episode:
    """Give an episode the rate ``target_fps``; None keeps its own, and only makes it even.

    Evenly spaced recordings keep every frame nearest to a multiple of ``1 / target_fps``. Those with
    uneven times are placed on an even grid (`time_grid`), so that frame numbers count seconds from
    here on: at ``target_fps``, or at the rate of their median interval, where a frame stays as long
    as it was shown.

    The action of a kept frame is the sum over the source frames up to the next kept one (for
    actions that are differences; 0 while a frame stays), or the first of them (for targets, also
    for single dimensions known to be targets).

    Raises:
        BadInputError: ``too_few_frames_per_second``: slower than ``target_fps`` (frames are never
            invented); ``absolute_actions``: targets were to be summed; ``length_mismatch``: times.
    """
    if target_fps is not None and target_fps > episode.fps * (1 + SAME):
        detail = f"recorded at {episode.fps} Hz, expected at least target_fps = {target_fps}"
        raise bad_episode(episode, "too_few_frames_per_second", f"{detail}; lower it")
    if episode.times is not None:
        kept = _kept_by_time(episode, episode.times, target_fps or episode.fps)
    elif target_fps is None or abs(target_fps - episode.fps) <= episode.fps * SAME:
        return episode
    else:
        kept = _kept_by_number(episode, target_fps)
    if target_fps is None and _targets(episode).all():
        actions = "first"
    return _with_frames(episode, kept, target_fps or episode.fps, actions)


def _kept_by_number(episode: Episode, target_fps: float) -> NDArray[np.int64]:
    count = int((episode.num_frames - 1) * target_fps / episode.fps + 1e-6) + 1
    return np.round(np.arange(count) * episode.fps / target_fps).astype(np.int64)


def _kept_by_time(episode: Episode, times: NDArray[np.float64], rate: float) -> NDArray[np.int64]:
    if len(times) != episode.num_frames:
        detail = f"{len(times)} times for {episode.num_frames} frames"
        raise bad_episode(episode, "length_mismatch", detail)
    return time_grid(times, rate)


def _with_frames(
    episode: Episode, kept: NDArray[np.int64], fps: float, actions: ActionRule
) -> Episode:
    is_target = _targets(episode)
    if actions == "sum" and is_target.size and is_target.all():
        detail = "its actions are absolute targets, expected differences"
        raise bad_episode(episode, "absolute_actions", f"{detail}; use resample_actions: first")
    return replace(
        episode,
        num_frames=len(kept),
        fps=fps,
        times=None,
        read_frames=KeptFrames(episode.read_frames, kept),
        actions=_per_interval(episode.actions, kept, is_target | (actions == "first")),
        states=None if episode.states is None else episode.states[kept],
        provenance={**episode.provenance, "recorded_fps": episode.fps},
    )


@dataclass(frozen=True)
class KeptFrames:
    """A `FrameReader` over some frames of another one; a frame may stay for several."""

    read: FrameReader
    kept: NDArray[np.int64]

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        chosen = self.kept if indices is None else self.kept[np.asarray(indices, dtype=np.int64)]
        return self.read(chosen.tolist())


def _targets(episode: Episode) -> NDArray[np.bool_]:
    """Tell for each action dimension, ``(action_dim,)``, whether it is a target, not a difference."""
    if episode.actions is None:
        return np.empty(0, bool)
    if len(episode.actions_are) == episode.actions.shape[1]:
        return np.array([meaning == "absolute" for meaning in episode.actions_are])
    is_target = episode.provenance.get("actions_are") == "absolute"
    return np.full(episode.actions.shape[1], is_target)


def _per_interval(
    actions: NDArray[np.float32] | None, kept: NDArray[np.int64], take_first: NDArray[np.bool_]
) -> NDArray[np.float32] | None:
    if actions is None:
        return None
    # float64 keeps the sum of many small differences exact enough
    until = np.concatenate([np.zeros((1, actions.shape[1])), np.cumsum(actions, 0, np.float64)])
    ends = np.append(kept[1:], len(actions))
    sums = (until[ends] - until[kept]).astype(np.float32)
    return np.where(take_first, actions[kept], sums)
