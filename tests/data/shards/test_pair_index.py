"""Which slots make a pair: counted clip by clip, as one would count them frame by frame."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lapa.data.shards import pair_index
from lapa.data.shards.clip_table import ClipTable
from lapa.data.shards.pair_index import slots_where, valid_frames, valid_slots
from lapa.records import PairSpec

RATES = np.array([5.0, 10.0])


def made_up(random: np.random.Generator, count: int) -> Any:
    """Clips of many lengths, in episodes that end inside them, at their end, or far behind."""
    owned = random.integers(1, 9, count).astype(np.int32)
    start = random.integers(0, 20, count).astype(np.int32)
    numbers = {
        "owned_frames": owned,
        "start_frame": start,
        "episode_frames": start + owned + random.integers(0, 7, count).astype(np.int32),
        "fps": RATES[random.integers(0, 2, count)],
    }
    starts = np.concatenate([[0], np.cumsum(owned, dtype=np.int64)])
    return SimpleNamespace(numbers=numbers, slot_start=starts, num_slots=int(starts[-1]))


@pytest.mark.parametrize("horizon", [0.2, 0.5, 1.2])
def test_a_frame_is_valid_where_t_plus_h_lies_in_the_episode(horizon: float) -> None:
    table, spec = made_up(np.random.default_rng(0), 200), PairSpec(horizon_s=horizon)
    numbers = table.numbers
    expected = [
        start + frame + spec.frame_offset(float(fps)) < whole
        for start, owned, whole, fps in zip(
            *(numbers[n] for n in ("start_frame", "owned_frames", "episode_frames", "fps")),
            strict=True,
        )
        for frame in range(owned)
    ]
    valid = valid_slots(table, spec)
    assert 0 < valid.sum() < len(valid)
    assert valid.tolist() == expected
    assert valid_frames(table, spec).sum() == sum(expected)


def test_slots_take_half_the_memory_of_numpys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_index, "_AT_A_TIME", 7)
    mask = np.random.default_rng(0).random(100) < 0.4
    slots = slots_where(mask)
    assert slots.dtype == np.int32
    np.testing.assert_array_equal(slots, np.flatnonzero(mask))
    assert slots_where(mask[:0]).tolist() == []


def test_the_clip_of_a_slot_is_looked_up_a_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.data.shards.clip_table._AT_A_TIME", 7)
    table = made_up(np.random.default_rng(1), 50)
    clips = ClipTable.clips_of(table, np.arange(table.num_slots, dtype=np.int32))
    np.testing.assert_array_equal(clips, np.repeat(np.arange(50), table.numbers["owned_frames"]))
