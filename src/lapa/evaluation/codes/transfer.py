"""Latent transfer: the codes of one pair applied to the frame of another (requirement V1).

A code that means a movement makes any frame move that way. One that paints what it saw does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.motion_angle import angular_errors
from lapa.evaluation.codes.pair_table import PairTable

Where = Literal["within", "across_environments", "across_datasets"]
WHERE: Mapping[Where, str] = {
    "within": "another episode of its dataset",
    "across_environments": "another environment of its dataset",
    "across_datasets": "another dataset",
}
"""Where a code is applied, in words."""


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Codes of some pairs (givers), applied to frame t of others (receivers)."""

    where: Where
    givers: NDArray[np.int64]
    """``(transfer,)``: numbers of the decoded pairs."""
    receivers: NDArray[np.int64]
    wanted: NDArray[np.float32]
    """``(transfer, 2)``: true motion of the giver, fractions of the image's width."""
    seen: NDArray[np.float32]
    """``(transfer, 2)``: motion of the receiver's frame t to what the decoder draws."""
    shortest: float
    """A motion that is shorter has no direction."""

    @property
    def errors(self) -> NDArray[np.float64]:
        """``(transfer,)``: angle between both motions in degrees; 90 is chance."""
        return angular_errors(self.seen, self.wanted, shortest=self.shortest)


def receivers_of(
    table: PairTable, where: Where, *, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose for every pair another one that receives its code.

    Returns:
        Givers and receivers, rows of ``table``; pairs for which there is no receiver are left out.
    """
    rng = np.random.default_rng(seed)
    chosen = [
        (giver, int(rng.choice(candidates)))
        for giver in range(len(table))
        if len(candidates := np.flatnonzero(_ALLOWED[where](table, giver)))
    ]
    givers, receivers = np.array(chosen, np.int64).reshape(-1, 2).T
    return givers, receivers


def transfer(decoded: DecodedPairs, arm: str, where: Where) -> Transfer:
    """Apply the code of every pair elsewhere, and see what moves.

    Raises:
        CannotMeasureError: there is no such place.
    """
    givers, receivers = receivers_of(decoded.table, where, seed=decoded.seed)
    if not len(givers):
        raise CannotMeasureError(
            f"none of the {len(decoded)} decoded pairs has another one of {WHERE[where]}"
        )
    drawn = decoded.redraw(arm, decoded.vectors[arm][givers], receivers)
    return Transfer(
        where=where,
        givers=givers,
        receivers=receivers,
        wanted=decoded.motion.weighted[givers],
        seen=drawn.motion.weighted,
        shortest=decoded.shortest,
    )


def permuted_errors(moved: Transfer, group: NDArray[np.int64], *, seed: int) -> NDArray[np.float64]:
    """Angular errors against the motion of another giver of the same dataset: what chance gives.

    Args:
        moved: the transfer.
        group: ``(transfer,)``: number of the giver's dataset.
        seed: of the permutation.
    """
    wanted = another_pairs(moved.wanted, seed=seed, group=group)
    return angular_errors(moved.seen, wanted, shortest=moved.shortest)


def _within(table: PairTable, giver: int) -> NDArray[np.bool_]:
    of_it = table.dataset == table.dataset[giver]
    return np.asarray(of_it & (table.episode != table.episode[giver]))


def _across_environments(table: PairTable, giver: int) -> NDArray[np.bool_]:
    here = table.environment[giver]
    if not here:
        return np.zeros(len(table), bool)
    elsewhere = (table.environment != here) & (table.environment != "")
    return np.asarray(elsewhere & (table.dataset == table.dataset[giver]))


def _across_datasets(table: PairTable, giver: int) -> NDArray[np.bool_]:
    return np.asarray(table.dataset != table.dataset[giver])


_ALLOWED: Mapping[Where, Callable[[PairTable, int], NDArray[np.bool_]]] = {
    "within": _within,
    "across_environments": _across_environments,
    "across_datasets": _across_datasets,
}
