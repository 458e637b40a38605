"""Clip shards to pair shards: one sample per pair (t, t+H), for tools that know nothing of clips.

A sample is ``<key>.t.jpg``, ``<key>.t1.jpg`` and ``<key>.json`` in a plain WebDataset tar. JPEGs are
copied byte for byte. Every frame is stored about twice, which is why clips are what we train on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.export.publish import published
from lapa.data.export.sample_tars import KEY, Sample, write_samples
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.records import PairSpec, ShardSet


def export_pairs(
    shard_set: ShardSet,
    out: Path,
    *,
    spec: PairSpec,
    splits: Sequence[str] | None = None,
    datasets: Sequence[str] | None = None,
    samples_per_shard: int = 1000,
) -> Path:
    """Write the pairs of a shard set to ``out/<split>/000000.tar`` …; appears when complete.

    Pairs without t+H, and static ones by ``spec.min_motion``, are left out; ``pairs.json`` counts
    them. With ``one_per_episode`` the draw of the first epoch is written.

    Args:
        shard_set: the clips.
        out: folder to make; must not exist.
        spec: what a pair is.
        splits: which; those that hold shards when None.
        datasets: keep only these; all when None.
        samples_per_shard: pairs of a tar at most.

    Raises:
        FileExistsError: ``out`` exists.
        ValueError: the horizon is too long for the clips, or a split holds no pair.
    """
    chosen = splits or [name for name, split in shard_set.splits.items() if split.shards]
    with published(out) as folder:
        counts = {}
        for split in chosen:
            pairs = open_pairs(shard_set, split, spec, datasets=datasets)
            _write_split(folder / split, pairs, samples_per_shard)
            counts[split] = {**pairs.counts, "written": pairs.samples_per_epoch}
        facts = {"pair_spec": spec.model_dump(), "shards": shard_set.digest, "splits": counts}
        (folder / "pairs.json").write_text(json.dumps(facts, indent=2) + "\n")
    return out


def _write_split(folder: Path, pairs: PairDataset, samples_per_shard: int) -> None:
    folder.mkdir(parents=True)
    samples = _Samples(pairs)
    drawn = (samples.sample(int(index)) for index in pairs.epoch_positions(0))
    write_samples(folder, drawn, per_tar=samples_per_shard)


class _Samples:
    """Makes a sample of one pair; keeps the arrays of the current clip."""

    def __init__(self, pairs: PairDataset) -> None:
        self._pairs = pairs
        self._clip = -1
        self._actions: NDArray[np.float32] | None = None
        self._states: NDArray[np.float32] | None = None

    def sample(self, index: int) -> Sample:
        """Return the members of a pair, under its name."""
        clip, frame = self._pairs.position_of(index)
        offset = self._pairs.offset(index)
        facts = self._facts(index, clip, frame, offset)
        key = f"{facts['key']}-{facts['frame']:06d}"
        reader = self._pairs.reader
        return {
            KEY: key,
            "t.jpg": reader.jpeg(clip, frame),
            "t1.jpg": reader.jpeg(clip, frame + offset),
            "json": json.dumps(facts, sort_keys=True, ensure_ascii=False).encode(),
        }

    def _facts(self, index: int, clip: int, frame: int, offset: int) -> dict[str, Any]:
        self._open(clip)
        actions, states = self._actions, self._states
        return {
            **self._pairs.sample(index),
            "horizon_frames": offset,
            "horizon_s": self._pairs.spec.horizon_s,
            "action_sum": None if actions is None else self._pairs.motion(index, actions).tolist(),
            "state": None if states is None else states[frame].tolist(),
        }

    def _open(self, clip: int) -> None:
        if clip == self._clip:
            return
        reader, numbers = self._pairs.reader, self._pairs.table.numbers
        has_actions, has_states = numbers["action_dim"][clip], numbers["state_dim"][clip]
        self._actions = reader.array(clip, "actions") if has_actions else None
        self._states = reader.array(clip, "states") if has_states else None
        self._clip = clip
