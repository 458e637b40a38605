"""Predicted beside true actions of a held-out episode, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.policies.held_out_actions import HeldOutActions


@dataclass(frozen=True, kw_only=True)
class ActionTrace:
    """One episode: at every frame the action that was done, and the one a policy would do next."""

    episode: str
    """``<dataset>/<episode id>``."""
    instruction: str
    times_s: NDArray[np.float64]
    """``(frame,)``: seconds since the beginning of the episode."""
    true: NDArray[np.float32]
    """``(frame, dimension)``, in the dimension's unit."""
    predicted: NDArray[np.float32]
    """Likewise; the first action of the chunk predicted from this frame."""


def action_traces(held_out: HeldOutActions, *, most: int) -> list[ActionTrace]:
    """The first episodes in the order of the split, ``most`` of them."""
    starts = np.flatnonzero(np.diff(held_out.samples, prepend=-1))
    episodes = held_out.dataset.table.episode[held_out.clips[starts]]
    chosen = list(dict.fromkeys(episodes.tolist()))[:most]
    return [_trace(held_out, starts[episodes == number]) for number in chosen]


def _trace(held_out: HeldOutActions, rows: NDArray[np.int64]) -> ActionTrace:
    """The episode whose chunks begin at these steps."""
    facts = [held_out.dataset.sample(int(sample)) for sample in held_out.samples[rows]]
    return ActionTrace(
        episode=f"{facts[0]['dataset']}/{facts[0]['episode_id']}",
        instruction=facts[0]["instruction"],
        times_s=np.array([fact["time_s"] for fact in facts]),
        true=held_out.actions[rows],
        predicted=held_out.predicted[rows],
    )
