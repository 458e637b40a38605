"""Where in the state space codes occur: a code that goes with the state may name where, not what happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.codes.best_position import Tie, measured_tie
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.table_plane import TablePlane
from lapa.evaluation.codes.true_actions import TrueActions


@dataclass(frozen=True, kw_only=True)
class StateSpace:
    """The two state dimensions that vary most, of the pairs of one robot."""

    rows: NDArray[np.int64]
    """Pairs that have a state, of the dataset with most of them."""
    states: NDArray[np.float64]
    """``(row, 2)``"""
    dimensions: tuple[int, int]
    dataset: str


@dataclass(frozen=True, kw_only=True)
class StateTies:
    """How strongly codes go with the state at t, beside how strongly with the motion from there."""

    state: Tie
    motion: Tie | None
    """Of the same pairs; None where no motion is known."""

    @property
    def follows_the_state(self) -> bool:
        """Whether the codes tell more of the state than of the motion, and more than chance does."""
        state, beyond = self.state.metric, self.state.null.high
        if state.low is None or beyond is None or state.low <= beyond:
            return False
        motion = self.motion.metric.high if self.motion else None
        return motion is None or state.low > motion


def state_space(table: PairTable) -> StateSpace:
    """Choose pairs and dimensions: states of two robots have nothing in common, so one dataset is taken.

    Raises:
        CannotMeasureError: there are no states, or fewer than two dimensions vary.
    """
    if table.states is None:
        raise CannotMeasureError("the held-out episodes have no states")
    known = np.isfinite(table.states).any(axis=1)
    if not known.any():
        raise CannotMeasureError("no held-out pair has a state")
    names, counts = np.unique(table.dataset[known], return_counts=True)
    dataset = str(names[counts.argmax()])
    rows = np.flatnonzero(known & (table.dataset == dataset))
    states = table.states[rows]
    states = states[:, np.isfinite(states).all(axis=0)]
    every = TrueActions(values=states, names=tuple(map(str, range(states.shape[1]))))
    plane = every.most_moving()
    if plane is None:
        raise CannotMeasureError("fewer than two state dimensions vary")
    return StateSpace(
        rows=rows,
        states=states[:, list(plane)].astype(np.float64),
        dimensions=plane,
        dataset=dataset,
    )


def state_ties(
    table: PairTable, space: StateSpace, moved: TablePlane | None, *, resamples: int, seed: int
) -> StateTies:
    """Measure the codes of the same pairs against state and motion, at the position that tells most.

    Args:
        table: the pairs.
        space: of some of them.
        moved: motion of some of them; None where none is known.
        resamples: bootstrap draws.
        seed: of draws and permutations.
    """

    def tie(name: str, rows: NDArray[np.int64], columns: NDArray[np.float64]) -> Tie:
        some = table.take(rows)
        return measured_tie(
            name,
            eta_squared,
            some.discrete,
            columns,
            some.episode,
            some.group,
            resamples=resamples,
            seed=seed,
        )

    motion = None
    if moved is not None:
        both, _, chosen = np.intersect1d(space.rows, moved.rows, return_indices=True)
        if len(both):
            motion = tie("state_eta_squared", both, moved.motion[chosen])
    return StateTies(state=tie("state_eta_squared", space.rows, space.states), motion=motion)


