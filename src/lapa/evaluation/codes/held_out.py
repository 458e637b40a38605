"""Held-out pairs: what is the same for every quantiser, read batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from einops import reduce
from numpy.typing import NDArray

from lapa.data.action_names import described_actions
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import Where
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.evaluation.codes.seen_motion import MotionSight, joined
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.records import PairSpec, ShardSet

DIFFERENCE_CELLS = 8
"""The raw-difference control averages the frame difference over an 8x8 grid."""


@dataclass(frozen=True, kw_only=True)
class HeldOutPairs:
    """Pairs of one split; frames are decoded when they are needed, and not kept."""

    dataset: PairDataset
    episodes: NDArray[np.int64]
    """Episode number of every sample: what must not be split."""
    difference: NDArray[np.float32]
    """``(sample, 3 * 8 * 8)``: the frame difference averaged over cells, [-1, 1]."""
    actions: TrueActions | None
    """None for action-free video, and where datasets differ in their actions."""
    states: NDArray[np.float32] | None
    """``(sample, state_dim)`` at t; None where the source has none."""
    group: NDArray[np.int64]
    """``(sample,)``: number of its dataset in `names`."""
    names: tuple[str, ...]
    """Datasets of the split, with or without a pair."""
    motion: PairMotion | None = None
    """None where nobody looked for it."""

    def __len__(self) -> int:
        return len(self.episodes)

    @property
    def num_episodes(self) -> int:
        """Episodes with at least one pair."""
        return len(np.unique(self.episodes))

    @property
    def clips(self) -> list[int]:
        """Clip of every pair, as the clip table numbers them."""
        return [self.dataset.position_of(i)[0] for i in range(len(self))]

    def texts(self, column: str) -> NDArray[np.str_]:
        """``dataset``, ``environment`` or ``instruction`` of every pair, ``(sample,)``."""
        known = self.dataset.table.texts[column]
        return np.array(known.values, np.str_)[known.codes[self.clips]]


def open_held_out(
    shards: ShardSet,
    split: str,
    spec: PairSpec,
    *,
    max_samples: int,
    batch_size: int,
    min_per_dataset: int = 1,
    datasets: Sequence[str] | None = None,
    where: Where | None = None,
    sight: MotionSight | None = None,
) -> HeldOutPairs:
    """Read the pairs of ``split``, with true actions and states where all of them have any.

    Args:
        shards: the clips.
        split: its name.
        spec: what a pair is.
        max_samples: pairs at most; where there are several datasets they take turns.
        min_per_dataset: of several datasets, pairs of each at least (if it has as many), whatever
            ``max_samples`` says.
        batch_size: pairs that are in memory at once.
        datasets: keep only these; None keeps all.
        where: keep only what has one of these texts in each of these columns.
        sight: sees what moves, unless an earlier evaluation kept it; None looks for no motion.
    """
    table = load_clip_table(shards, split)
    names = tuple(datasets or (where or {}).get("dataset") or table.texts["dataset"].values)
    wanted = {member: _agree(table, names, member) for member in ("action", "state")}
    dataset = open_pairs(
        shards,
        split,
        spec,
        max_samples=_most(max_samples, min_per_dataset, len(names)),
        in_turns=True,
        with_actions=wanted["action"],
        with_states=wanted["state"],
        datasets=datasets,
        where=where,
    )
    motion = sight.earlier(dataset) if sight is not None else None
    read, seen = _read(dataset, batch_size=batch_size, sight=sight if motion is None else None)
    if sight is not None and seen is not None:
        sight.keep(seen, dataset)
    clips = [dataset.position_of(i)[0] for i in range(len(dataset))]
    return HeldOutPairs(
        dataset=dataset,
        episodes=dataset.table.episode[clips].astype(np.int64),
        difference=read["difference"],
        actions=_true_actions(dataset, read["actions"], names[0], shards)
        if "actions" in read
        else None,
        states=read.get("states"),
        group=table.texts["dataset"].codes[clips].astype(np.int64),
        names=table.texts["dataset"].values,
        motion=motion or seen,
    )


def _most(max_samples: int, min_per_dataset: int, datasets: int) -> int:
    return max_samples if datasets == 1 else max(max_samples, min_per_dataset * datasets)


def _agree(table: ClipTable, datasets: Sequence[str], member: str) -> bool:
    """Whether all clips of these datasets have actions (states) of one width."""
    known = table.texts["dataset"]
    chosen = np.isin(known.codes, [known.values.index(name) for name in datasets])
    widths = set(table.numbers[f"{member}_dim"][chosen].tolist())
    return len(widths) == 1 and 0 not in widths


def _read(
    dataset: PairDataset, *, batch_size: int, sight: MotionSight | None
) -> tuple[dict[str, NDArray[np.float32]], PairMotion | None]:
    """Everything but the frames, of all samples; their motion where there is ``sight``."""
    parts: dict[str, list[torch.Tensor]] = defaultdict(list)
    seen: list[PairMotion] = []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        parts["difference"].append(_difference(batch["frames"]))
        if sight is not None:
            seen.append(sight.of_frames(batch["frames"]))
        for name in ("actions", "states"):
            if name in batch:
                parts[name].append(batch[name])
    read = {name: torch.cat(tensors).numpy() for name, tensors in parts.items()}
    return read, joined(seen) if seen else None


def _true_actions(
    dataset: PairDataset, values: NDArray[np.float32], name: str, shards: ShardSet
) -> TrueActions:
    facts = dataset.reader.facts(dataset.position_of(0)[0])
    names, units = described_actions(facts, values.shape[1])
    known = shards.datasets.get(name)
    return TrueActions(
        values=values,
        names=names,
        units=units,
        actions_are=known.actions_are if known is not None else (),
    )


def _difference(frames: torch.Tensor) -> torch.Tensor:
    pixels = frames.float() / 255
    return reduce(
        pixels[:, 1] - pixels[:, 0],
        "batch (row h) (column w) rgb -> batch (row column rgb)",
        "mean",
        row=DIFFERENCE_CELLS,
        column=DIFFERENCE_CELLS,
    )
