"""Which horizon H is proposed: the seconds of the presets, in whole frames of this robot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lapa.proposal.facts import DatasetFacts

PAPER_S: Final = 0.6
"""LAPA's horizon for all robot recordings (Ye et al. 2024, appendix F), as in the preset `openx`."""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """H, and why."""

    seconds: float
    frames: int
    """At the rate of the dataset with most frames."""
    rate: float
    """That rate, Hz."""
    why: str


def propose_horizon(
    dataset: DatasetFacts, *, asked_s: float | None, held_out_in_time: bool
) -> Horizon:
    """Choose H: what was asked for, else 0.6 s, shorter where the recordings are too short for it.

    Args:
        dataset: the one with most frames.
        asked_s: H in seconds, if somebody chose it.
        held_out_in_time: the end of each recording is held out, so that each must hold a training part, a gap
            of H and a held-out part.
    """
    rate = dataset.rates[0]
    if asked_s is not None:
        return Horizon(
            seconds=asked_s, frames=max(1, round(asked_s * rate)), rate=rate, why="as asked for"
        )
    wanted = max(1, round(PAPER_S * rate))
    longest = (dataset.length - 2) // 3 if held_out_in_time else dataset.length // 2
    frames = max(1, min(wanted, longest))
    why = "LAPA's 0.6 s for robots (Ye et al. 2024, appendix F), in whole frames"
    if frames < wanted:
        why = (
            f"LAPA's 0.6 s do not fit recordings of {dataset.length} frames: the longest that does"
        )
    return Horizon(seconds=round(frames / rate, 6), frames=frames, rate=rate, why=why)
