"""Every frame is owned once, and the clip that owns t holds t+H."""

from __future__ import annotations

import pytest

from lapa.data.shards.clips import clip_windows, overlap_frames


@pytest.mark.parametrize("overlap", [1, 3, 5, 9])
@pytest.mark.parametrize("num_frames", [1, 2, 7, 8, 9, 13, 16, 17, 40, 41])
def test_each_pair_lies_in_the_clip_that_owns_its_first_frame(
    num_frames: int, overlap: int
) -> None:
    owners = []
    for window in clip_windows(num_frames, clip_frames=8, overlap=overlap):
        owned = range(window.start, window.start + window.owned)
        owners += owned
        assert window.num_frames <= max(8, 2 * overlap)
        for t in owned:
            if t + overlap < num_frames:
                assert window.start <= t + overlap < window.stop
    assert owners == list(range(num_frames))


def test_overlap_is_rounded_as_the_pair_spec_rounds_it() -> None:
    assert [overlap_frames(0.3, fps) for fps in (10, 5, 1)] == [3, 2, 1]
