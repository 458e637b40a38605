"""H is 0.6 s in whole frames, and fits the recordings."""

from __future__ import annotations

import pytest

from lapa.proposal.horizon import propose_horizon
from lapa.records import PairSpec
from toys.source_facts import dataset_facts


@pytest.mark.parametrize(
    ("rate", "frames"), [(30, 18), (20, 12), (15, 9), (10, 6), (5, 3), (3, 2), (1, 1)]
)
def test_whole_frames_at_every_rate(rate: float, frames: int) -> None:
    horizon = propose_horizon(
        dataset_facts([400] * 9, rate=rate), asked_s=None, held_out_in_time=False
    )
    assert horizon.frames == frames
    assert PairSpec(horizon_s=horizon.seconds).frame_offset(rate) == frames
    assert "0.6 s" in horizon.why


@pytest.mark.parametrize(("in_time", "frames"), [(False, 5), (True, 2)])
def test_short_recordings_shorten_it(in_time: bool, frames: int) -> None:
    """Held out in time, a recording of 10 holds training, a gap and a held-out part: 3 + 2 + 3."""
    horizon = propose_horizon(
        dataset_facts([10] * 9, rate=20), asked_s=None, held_out_in_time=in_time
    )
    assert horizon.frames == frames
    assert "do not fit recordings of 10 frames" in horizon.why


def test_what_was_asked_for_is_taken() -> None:
    horizon = propose_horizon(dataset_facts(rate=10), asked_s=0.3, held_out_in_time=False)
    assert (horizon.seconds, horizon.frames) == (0.3, 3)
