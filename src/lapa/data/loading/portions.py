"""How many samples of each member of a mixture an epoch draws, and which: a function of the epoch alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable


@dataclass(frozen=True, kw_only=True)
class Portions:
    """The shares of a mixture, applied to the units (samples, or episodes) that a dataset draws from.

    An epoch is one proportionate pass: as many units as there are, dealt to the members by their shares.
    A member's units come from an endless sequence of passes over them, each in an order of its own, so
    before any unit is drawn again all others of its member have been, in whatever epoch.
    """

    starts: NDArray[np.int64]
    """First unit of each member, and the number of units at the end: members lie one after the other."""
    counts: NDArray[np.int64]
    """Units that an epoch draws of each member."""
    seed: int

    @property
    def per_epoch(self) -> int:
        """Units that an epoch draws."""
        return int(self.counts.sum())

    def draw(self, epoch: int) -> NDArray[np.int64]:
        """Return the units of an epoch in storage order; one drawn twice stands there twice."""
        drawn = [self._of_member(member, epoch) for member in range(len(self.counts))]
        return np.concatenate(drawn)

    def _of_member(self, member: int, epoch: int) -> NDArray[np.int64]:
        begin, end = self.starts[member : member + 2]
        size, count = int(end - begin), int(self.counts[member])
        place, stop = epoch * count, (epoch + 1) * count
        pieces = []
        while place < stop:
            number, inside = divmod(place, size)
            taken = min(stop - place, size - inside)
            pieces.append(self._pass(member, number, size)[inside : inside + taken])
            place += taken
        return np.asarray(begin + np.sort(np.concatenate(pieces or [np.empty(0, np.int64)])))

    def _pass(self, member: int, number: int, size: int) -> NDArray[np.int64]:
        return np.random.default_rng([self.seed, member, number]).permutation(size)


def portions_of(table: ClipTable, clips: NDArray[np.int32], *, seed: int) -> Portions | None:
    """The portions of the units that belong to ``clips``; None where one member has them all.

    A member without a unit (its episodes are shorter than the horizon) leaves its share to the others.
    """
    if len(table.shares) < 2:
        return None
    sizes = np.bincount(table.member[clips], minlength=len(table.shares))
    shares = np.array(table.shares) * (sizes > 0)
    return Portions(
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        counts=dealt(len(clips), shares / shares.sum()),
        seed=seed,
    )


def dealt(total: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Deal ``total`` to ``shares`` (which add up to 1) in whole numbers, the largest remainders first."""
    exact = total * shares
    counts = np.floor(exact).astype(np.int64)
    largest = np.argsort(-(exact - counts), kind="stable")[: total - int(counts.sum())]
    counts[largest] += 1
    return counts
