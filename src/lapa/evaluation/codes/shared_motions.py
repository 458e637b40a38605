"""What can be compared across datasets: directions in the picture, and action dimensions of one name and unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairMotion, PairTable

DIRECTION = "motion_direction"


@dataclass(frozen=True, kw_only=True)
class SharedMotion:
    """One motion of the pairs of two or more datasets."""

    name: str
    """As metrics name it: of the action dimension, or `DIRECTION`."""
    axis: str
    """What an axis shows, with its unit."""
    table: PairTable
    """The pairs that have it."""
    values: NDArray[np.float64]
    """``(pair, column)``: the action, or the unit vector of the direction."""


def shared_motions(table: PairTable) -> tuple[SharedMotion, ...]:
    """Everything that pairs of at least two datasets have in common; perhaps nothing.

    An action dimension of unknown unit is shared with none.
    """
    motions = [] if table.motion is None else [_directions(table, table.motion)]
    if table.actions is not None:
        motions += [_action(table, table.actions, named) for named in _shared_dimensions(table)]
    return tuple(motion for motion in motions if len(motion.table.datasets) > 1)


def moving_directions(motion: PairMotion) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which pairs move ``(pair,)``, and the unit vectors of those ``(moving pair, 2)``."""
    length = np.linalg.norm(motion.weighted.astype(np.float64), axis=1)
    moves = ~motion.static & (length > 0)
    return moves, motion.weighted[moves] / length[moves, None]


def _directions(table: PairTable, motion: PairMotion) -> SharedMotion:
    moves, directions = moving_directions(motion)
    axis = "direction of the flow, degrees\n(0: right, 90: down)"
    return SharedMotion(name=DIRECTION, axis=axis, table=table.take(moves), values=directions)


def _named(table: PairTable, dataset: str) -> list[tuple[str, str]]:
    """Name and unit of every action dimension of a dataset."""
    return [
        *zip(table.action_names.get(dataset, ()), table.action_units.get(dataset, ()), strict=False)
    ]


def _shared_dimensions(table: PairTable) -> list[tuple[str, str]]:
    """Name and unit of the dimensions that two datasets have."""
    known = [named for dataset in table.datasets for named in _named(table, dataset)]
    return [named for named in dict.fromkeys(known) if named[1] and known.count(named) > 1]


def _action(table: PairTable, actions: NDArray[np.float32], named: tuple[str, str]) -> SharedMotion:
    """One dimension of every dataset that has it, in whichever column it is there."""
    values = np.full(len(table), np.nan)
    for dataset in table.datasets:
        columns = _named(table, dataset)
        if named in columns:
            rows = table.dataset == dataset
            values[rows] = actions[rows, columns.index(named)]
    there = np.isfinite(values)
    return SharedMotion(
        name=named[0],
        axis=f"{named[0]} [{named[1]}]",
        table=table.take(there),
        values=values[there, None],
    )
