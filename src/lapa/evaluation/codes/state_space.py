"""Where in the state space codes occur: a code that goes with the state may name where, not what happens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.codes.best_position import best_position_score
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.table_plane import TablePlane
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.evaluation.score import Score, scored

ANALYSIS = "codes in the state space"


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

    state: Score
    """Beside permuted codes."""
    motion: Score | None
    """Of the same pairs; None where no motion is known."""

    @property
    def follows_the_state(self) -> bool:
        """Whether the codes tell more of the state than of the motion, and more than chance does."""
        return self.state.verdict == "passes" and self.score.verdict != "passes"

    @property
    def score(self) -> Score:
        """The line of the scorecard: less of the state than of the motion lies between codes."""
        if self.motion is None:
            control, control_is = self.state.control, self.state.control_is
        else:
            control, control_is = (
                self.motion.metric,
                "the share of the motion that lies between the codes",
            )
        return scored(ANALYSIS, self.state.metric, control, control_is, better="lower")


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
    table: PairTable, space: StateSpace, moved: TablePlane | None, *, draws: int, seed: int
) -> StateTies:
    """Measure the codes of the same pairs against state and motion, at the position that tells most.

    Args:
        table: the pairs.
        space: of some of them.
        moved: motion of some of them; None where none is known.
        draws: permutations.
        seed: of the permutations.
    """
    score = partial(
        best_position_score, ANALYSIS, "state_eta_squared", eta_squared, draws=draws, seed=seed
    )
    state = score(table.take(space.rows), space.states)
    if state is None:
        raise CannotMeasureError("the states of the held-out pairs are not finite")
    motion = None
    if moved is not None:
        both, _, chosen = np.intersect1d(space.rows, moved.rows, return_indices=True)
        motion = score(table.take(both), moved.motion[chosen]) if len(both) else None
    return StateTies(state=state, motion=motion)
