"""Run a quantiser once over held-out pairs and keep what every analysis reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from einops import rearrange, reduce
from numpy.typing import NDArray

from lapa.data.action_names import described_actions
from lapa.data.loader import evaluation_loader
from lapa.data.pairs import PairDataset, open_pairs
from lapa.data.shards.clip_table import load_clip_table
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.records import PairSpec, ShardSet

DIFFERENCE_CELLS = 8
"""The raw-difference control averages the frame difference over an 8x8 grid."""


@dataclass(frozen=True, kw_only=True)
class TrueActions:
    """What was really done between t and t+H."""

    values: NDArray[np.float32]
    """``(sample, action_dim)``: motion over H (`lapa.data.action_motion`)."""
    names: tuple[str, ...]
    units: tuple[str, ...]

    def most_moving(self) -> tuple[int, int] | None:
        """The first two dimensions that vary, for pictures of the plane; None if there are not two."""
        varying = np.flatnonzero(np.ptp(self.values, axis=0) > 1e-9)
        return (int(varying[0]), int(varying[1])) if len(varying) > 1 else None


@dataclass(frozen=True, kw_only=True)
class HeldOutPairs:
    """Held-out pairs: what is the same for every quantiser."""

    dataset: PairDataset
    episodes: NDArray[np.int64]
    """Episode number of every sample: what must not be split."""
    difference: NDArray[np.float32]
    """``(sample, 3 * 8 * 8)``: the frame difference averaged over cells, [-1, 1]."""
    actions: TrueActions | None
    """None for action-free video."""
    states: NDArray[np.float32] | None
    """``(sample, state_dim)`` at t; None where the source has none."""

    def __len__(self) -> int:
        return len(self.episodes)


@dataclass(frozen=True, kw_only=True)
class LatentSamples:
    """What one quantiser says about the held-out pairs."""

    codes: NDArray[np.int64]
    """``(sample, code)``."""
    pre_quantised: NDArray[np.float32]
    """``(sample, code * quant_dim)``."""
    codebook_size: int

    @property
    def one_hot(self) -> NDArray[np.float32]:
        """Codes as ``(sample, code * codebook_size)`` of zeros and ones."""
        hot = np.eye(self.codebook_size, dtype=np.float32)[self.codes]
        return np.asarray(rearrange(hot, "sample code k -> sample (code k)"))


def open_held_out(
    shards: ShardSet, split: str, spec: PairSpec, *, max_samples: int, batch_size: int
) -> HeldOutPairs:
    """Read the pairs of ``split``, with true actions and states where all of them have any."""
    table = load_clip_table(shards, split)
    has_actions, has_states = (
        len(set(table.numbers[f"{member}_dim"].tolist())) == 1
        and bool(table.numbers[f"{member}_dim"][0])
        for member in ("action", "state")
    )
    dataset = open_pairs(
        shards,
        split,
        spec,
        max_samples=max_samples,
        with_actions=has_actions,
        with_states=has_states,
    )
    batches = list(evaluation_loader(dataset, batch_size=batch_size))
    clips = [dataset.position_of(i)[0] for i in range(len(dataset))]
    return HeldOutPairs(
        dataset=dataset,
        episodes=dataset.table.episode[clips].astype(np.int64),
        difference=torch.cat([_difference(batch["frames"]) for batch in batches]).numpy(),
        actions=_true_actions(dataset, batches) if has_actions else None,
        states=torch.cat([batch["states"] for batch in batches]).numpy() if has_states else None,
    )


def _true_actions(dataset: PairDataset, batches: list[dict[str, torch.Tensor]]) -> TrueActions:
    facts = dataset.reader.facts(dataset.position_of(0)[0])
    values = torch.cat([batch["actions"] for batch in batches]).numpy()
    names, units = described_actions(facts, values.shape[1])
    return TrueActions(values=values, names=names, units=units)


def _difference(frames: torch.Tensor) -> torch.Tensor:
    pixels = frames.float() / 255
    return reduce(
        pixels[:, 1] - pixels[:, 0],
        "batch (row h) (column w) rgb -> batch (row column rgb)",
        "mean",
        row=DIFFERENCE_CELLS,
        column=DIFFERENCE_CELLS,
    )


@torch.no_grad()
def encode_pairs(
    laq: LatentActionQuantizer, pairs: HeldOutPairs, *, batch_size: int
) -> LatentSamples:
    """Codes and pre-quantised vectors of every held-out pair."""
    codes, vectors = [], []
    for batch in evaluation_loader(pairs.dataset, batch_size=batch_size):
        quantized = laq(to_frames(batch["frames"])).quantized
        codes.append(quantized.codes)
        vectors.append(rearrange(quantized.pre_quantised, "batch code dim -> batch (code dim)"))
    return LatentSamples(
        codes=torch.cat(codes).numpy(),
        pre_quantised=torch.cat(vectors).float().numpy(),
        codebook_size=laq.config.codebook_size,
    )
