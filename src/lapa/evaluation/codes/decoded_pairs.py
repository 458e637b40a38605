"""The few held-out pairs that are decoded again with other codes: they move, and datasets take turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.pairs import PairDataset
from lapa.data.loading.turns import first_in_turns
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.pair_table import PairMotion, PairTable
from lapa.evaluation.codes.redraw import Redrawn, See, redraw
from lapa.models.laq import LatentActionQuantizer

Condition = Literal["own", "another", "reversed", "permuted"]
"""Which vectors the decoder is given: the pair's own; another pair's of the same dataset; its own from the last
position to the first; its own with positions exchanged at random."""
FAINT = 0.1
"""A drawn motion has a direction from this share of the shortest true motion on: decoders draw less than all."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class DecodedPairs:
    """Pairs that move, the quantisers, and what decoders draw of these pairs."""

    models: Mapping[str, LatentActionQuantizer]
    dataset: PairDataset
    """Of the frames."""
    rows: NDArray[np.int64]
    """``(pair,)``: rows of `dataset`."""
    table: PairTable
    """Of these pairs alone."""
    vectors: Mapping[str, Vectors]
    """Quantiser -> ``(pair, code, quant_dim)``."""
    see: See
    shortest: float
    """A motion that is shorter has no direction; fraction of the image's width."""
    batch_size: int
    seed: int
    _redrawn: dict[tuple[str, Condition], Redrawn] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def motion(self) -> PairMotion:
        """What truly moved.

        Raises:
            TypeError: nobody saw it, and the analysis did not say that it needs it.
        """
        if self.table.motion is None:
            raise TypeError("these pairs have no motion; add Need.FLOW to the analysis's needs")
        return self.table.motion

    def by(self, arm: str, condition: Condition) -> Redrawn:
        """Redraw every pair under a condition, once for all analyses.

        Raises:
            CannotMeasureError: there is one code a pair, so that it has no order.
        """
        if (arm, condition) not in self._redrawn:
            given = self.given(arm, condition)
            self._redrawn[arm, condition] = self.redraw(arm, given, np.arange(len(self)))
        return self._redrawn[arm, condition]

    def redraw(self, arm: str, vectors: Vectors, pairs: NDArray[np.int64]) -> Redrawn:
        """Draw from frame t of ``pairs`` (numbers of these pairs) and ``vectors`` of any origin."""
        return redraw(
            self.models[arm],
            self.dataset,
            self.rows[pairs],
            vectors,
            see=self.see,
            batch_size=self.batch_size,
        )

    def given(self, arm: str, condition: Condition) -> Vectors:
        """Vectors under a condition, ``(pair, code, quant_dim)``.

        Raises:
            CannotMeasureError: there is one code a pair, so that it has no order.
        """
        own = self.vectors[arm]
        if condition == "own":
            return own
        if condition == "another":
            return self.another(own)
        if own.shape[1] < 2:
            raise CannotMeasureError("there is one code a pair, so codes have no order")
        return own[:, ::-1] if condition == "reversed" else permuted(own, seed=self.seed)

    def another(self, values: Vectors) -> Vectors:
        """Give every pair the row of another pair of the same dataset."""
        return np.asarray(another_pairs(values, seed=self.seed, group=self.group), np.float32)

    @property
    def group(self) -> NDArray[np.int64]:
        """``(pair,)``: number of its dataset."""
        return numbered(self.table.dataset)


def numbered(texts: NDArray[np.str_]) -> NDArray[np.int64]:
    """Number of every text in the order of the alphabet."""
    return np.unique(texts, return_inverse=True)[1].reshape(-1).astype(np.int64)


def permuted(vectors: Vectors, *, seed: int) -> Vectors:
    """Exchange the positions of every pair at random, never leaving all of them in place."""
    pairs, positions = vectors.shape[:2]
    order = np.argsort(np.random.default_rng(seed).random((pairs, positions)), axis=1)
    unmoved = (order == np.arange(positions)).all(axis=1)
    order[unmoved] = np.roll(order[unmoved], 1, axis=1)
    return np.take_along_axis(vectors, order[:, :, None], axis=1)


def pairs_that_move(motion: PairMotion, *, shortest: float) -> NDArray[np.bool_]:
    """Tell which pairs have a motion that points somewhere: not still, and not in all directions alike."""
    return np.asarray(~motion.static & (np.linalg.norm(motion.weighted, axis=1) >= shortest))


def choose_pairs(table: PairTable, *, most: int, shortest: float, seed: int) -> NDArray[np.int64]:
    """Rows of at most ``most`` moving pairs, ascending: datasets take turns in seeded orders of their own.

    Raises:
        TypeError: nobody saw what moves.
        CannotMeasureError: fewer than two pairs move.
    """
    if table.motion is None:
        raise TypeError("these pairs have no motion; add Need.FLOW to the analysis's needs")
    moving = np.flatnonzero(pairs_that_move(table.motion, shortest=shortest))
    if len(moving) < 2:
        raise CannotMeasureError(
            f"{len(moving)} held-out pairs move by more than {shortest:g} of the image's width, expected at "
            "least 2; hold out more, or choose a longer horizon"
        )
    groups = numbered(table.dataset[moving]).astype(np.int32)
    number = int(groups.max()) + 1
    chosen = first_in_turns(groups, [1.0] * number, most, seeds=[[seed, i] for i in range(number)])
    return np.asarray(moving[chosen], np.int64)


def examples_of(motion: NDArray[np.floating], count: int, *, seed: int) -> NDArray[np.int64]:
    """A seeded choice among the half of the pairs that moves most, ascending; to be looked at.

    Args:
        motion: ``(pair, 2)``.
        count: pairs at most.
        seed: of the choice.
    """
    length = np.linalg.norm(motion, axis=1)
    moving = np.flatnonzero(length >= np.median(length))
    return np.sort(np.random.default_rng(seed).permutation(moving)[:count]).astype(np.int64)
