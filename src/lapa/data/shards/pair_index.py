"""Which frames make a pair: the tail is masked, static pairs are dropped, both are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable, Slots
from lapa.records import PairColumn, PairSpec

Where = Mapping[PairColumn, Sequence[str]]
"""Column -> texts of it that are wanted; empty wants all."""
_AT_A_TIME = 1 << 22
"""Slots that `slots_where` looks at together."""


def select_pairs(
    table: ClipTable, spec: PairSpec, *, where: Where | None = None
) -> tuple[Slots, dict[str, int]]:
    """Return the slots that make a pair, ascending, and the counts of what was dropped."""
    in_clips, owned = clips_where(table, where or {}), table.numbers["owned_frames"]
    valid = np.where(in_clips, valid_frames(table, spec), 0)
    keep = _first_of_each(valid, owned)
    if spec.min_motion > 0:
        keep &= _moving(table, spec)
    frames, pairs = int(owned[in_clips].sum()), int(keep.sum())
    counts = {
        "frames": frames,
        "tail": frames - int(valid.sum()),
        "short_episodes": len(np.unique(table.episode[in_clips & short_clips(table, spec)])),
        "static": int(valid.sum()) - pairs,
        "pairs": pairs,
    }
    return slots_where(keep), counts


def valid_slots(table: ClipTable, spec: PairSpec) -> NDArray[np.bool_]:
    """Tell for every slot of the split whether t+H lies inside the episode."""
    return _first_of_each(valid_frames(table, spec), table.numbers["owned_frames"])


def valid_frames(table: ClipTable, spec: PairSpec) -> NDArray[np.int64]:
    """Count the owned frames of each clip whose t+H lies inside the episode: the first ones."""
    numbers = table.numbers
    last = numbers["episode_frames"] - numbers["start_frame"] - clip_offsets(table, spec)
    return np.asarray(np.clip(last, 0, numbers["owned_frames"]), np.int64)


def slots_where(mask: NDArray[np.bool_]) -> Slots:
    """Return where a mask of all slots is True: ``int32`` as long as that holds their number, half of numpy's own."""
    narrow = np.int32 if len(mask) <= np.iinfo(np.int32).max else np.int64
    parts = [
        (begin + np.flatnonzero(mask[begin : begin + _AT_A_TIME])).astype(narrow)
        for begin in range(0, len(mask), _AT_A_TIME)
    ]
    return np.concatenate(parts) if parts else np.empty(0, narrow)


def _first_of_each(counts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.bool_]:
    """Concatenate, for each length, that many values of which the first ``counts`` are True."""
    runs = np.stack([counts, lengths - counts], axis=1).reshape(-1)
    return np.repeat(np.tile([True, False], len(lengths)), runs)


def clip_offsets(table: ClipTable, spec: PairSpec) -> NDArray[np.int64]:
    """Horizon of each clip in frames.

    Raises:
        ValueError: the horizon is shorter than half a frame of some source.
    """
    rates, inverse = np.unique(table.numbers["fps"], return_inverse=True)
    return np.array([spec.frame_offset(float(rate)) for rate in rates], dtype=np.int64)[inverse]


def clips_where(table: ClipTable, where: Where) -> NDArray[np.bool_]:
    """Tell for every clip whether it is wanted: in each column it has one of the texts.

    Raises:
        ValueError: the split holds no such dataset, environment or instruction.
    """
    wanted = np.ones(len(table), bool)
    for column, texts in where.items():
        known = table.texts[column]
        if missing := sorted(set(texts) - set(known.values)):
            raise ValueError(
                f"{table.root} holds no {column} {missing}, only {_some(sorted(known.values))}"
            )
        wanted &= np.isin(known.codes, [known.values.index(text) for text in texts])
    return wanted


def _some(texts: Sequence[str], most: int = 12) -> str:
    shown = repr(list(texts[:most]))
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"


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
