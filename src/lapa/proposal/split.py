"""What is held out: whole recordings where there are enough, else the end of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from lapa.proposal.facts import SourceFacts

MANY: Final = 60
"""Recordings of which a tenth is enough to tell arms apart."""
FOR_INTERVALS: Final = 6
"""Independent held-out episodes below which no interval is given (docs/evaluation.md)."""


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Parameters of the split, and why."""

    by: Literal["episode", "time", "auto"]
    val_fraction: float
    why: str

    @property
    def in_time(self) -> bool:
        """Whether the end of each recording is held out, of some datasets at least."""
        return self.by != "episode"


def propose_split(source: SourceFacts) -> HeldOut:
    """Hold out a tenth of many recordings, a fifth of few, and the end of each where there are next to none."""
    counts = [len(dataset.lengths) for dataset in source.datasets]
    fraction = 0.1 if min(counts) >= MANY else 0.2
    whole = [count * fraction >= 1 for count in counts]
    if all(whole):
        held_out = sum(round(count * fraction) for count in counts)
        why = f"{held_out} of {sum(counts)} recordings"
        if held_out < FOR_INTERVALS:
            why += f": intervals need {FOR_INTERVALS}, so record more before you compare anything"
        return HeldOut(by="episode", val_fraction=fraction, why=why)
    if any(whole):
        why = "whole recordings of a dataset that has five, else the end of each"
        return HeldOut(by="auto", val_fraction=fraction, why=why)
    why = (
        "the end of each recording, for there are fewer than five; that is easier than a new scene"
    )
    return HeldOut(by="time", val_fraction=fraction, why=why)
