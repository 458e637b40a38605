"""Which frames make a pair: the tail is masked, static pairs are dropped, both are counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable
from lapa.records import PairSpec


def select_pairs(
    table: ClipTable, spec: PairSpec, *, datasets: Sequence[str] | None = None
) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Return the slots that make a pair, ascending, and the counts of what was dropped."""
    wanted = np.repeat(clips_in(table, datasets), table.numbers["owned_frames"])
    valid = valid_slots(table, spec)
    moving = _moving(table, spec) if spec.min_motion > 0 else np.ones(table.num_slots, bool)
    keep = wanted & valid & moving
    counts = {
        "frames": int(wanted.sum()),
        "tail": int((wanted & ~valid).sum()),
        "short_episodes": len(
            np.unique(table.episode[clips_in(table, datasets) & short_clips(table, spec)])
        ),
        "static": int((wanted & valid & ~moving).sum()),
        "pairs": int(keep.sum()),
    }
    return np.flatnonzero(keep), counts


def valid_slots(table: ClipTable, spec: PairSpec) -> NDArray[np.bool_]:
    """Tell for every slot of the split whether t+H lies inside the episode."""
    owned = table.numbers["owned_frames"]
    inside = np.arange(table.num_slots) - np.repeat(table.slot_start[:-1], owned)
    frame = inside + np.repeat(table.numbers["start_frame"], owned)
    offset = np.repeat(clip_offsets(table, spec), owned)
    return np.asarray(frame + offset < np.repeat(table.numbers["episode_frames"], owned))


def clip_offsets(table: ClipTable, spec: PairSpec) -> NDArray[np.int64]:
    """Horizon of each clip in frames.

    Raises:
        ValueError: the horizon is shorter than half a frame of some source.
    """
    rates, inverse = np.unique(table.numbers["fps"], return_inverse=True)
    return np.array([spec.frame_offset(float(rate)) for rate in rates], dtype=np.int64)[inverse]


def clips_in(table: ClipTable, datasets: Sequence[str] | None) -> NDArray[np.bool_]:
    """Tell for every clip whether it belongs to one of ``datasets``; None means all.

    Raises:
        ValueError: the split holds no such dataset.
    """
    known = table.texts["dataset"]
    if datasets is None:
        return np.ones(len(table), bool)
    if missing := sorted(set(datasets) - set(known.values)):
        raise ValueError(f"{table.root} holds no dataset {missing}, only {sorted(known.values)}")
    return np.isin(known.codes, [known.values.index(name) for name in datasets])


def short_clips(table: ClipTable, spec: PairSpec) -> NDArray[np.bool_]:
    """Tell for every clip whether its episode is not longer than the horizon, and so holds no pair."""
    return np.asarray(table.numbers["episode_frames"] <= clip_offsets(table, spec))


def longest_recording(table: ClipTable, spec: PairSpec) -> str:
    """Say how long the horizon and the longest recordings of a split are, in frames and seconds."""
    frames, rates = table.numbers["episode_frames"], table.numbers["fps"]
    lines = []
    for rate in np.unique(rates):
        longest, offset = int(frames[rates == rate].max()), spec.frame_offset(float(rate))
        lines.append(
            f"at {rate:g} Hz the horizon of {spec.horizon_s:g} s is {offset} frames and the longest "
            f"recording {longest} frames ({longest / rate:.3g} s)"
        )
    return "; ".join(lines)


def _moving(table: ClipTable, spec: PairSpec) -> NDArray[np.bool_]:
    """Tell which slots move: mean absolute difference of the grey 16x16 thumbnails.

    Block means ignore pixel noise that a full-resolution difference would take for motion.
    """
    offsets = clip_offsets(table, spec)
    moving = np.zeros(table.num_slots, bool)
    clip = 0
    for shard in range(len(table.shards)):
        for frames in table.thumbnails(shard):
            offset, owned = offsets[clip], table.numbers["owned_frames"][clip]
            gray = frames.astype(np.float32) / 255
            change = np.abs(gray[offset:] - gray[:-offset]).mean(axis=(1, 2))[:owned]
            begin = table.slot_start[clip]
            moving[begin : begin + len(change)] = change >= spec.min_motion
            clip += 1
    return moving
