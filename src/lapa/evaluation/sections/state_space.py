"""Whether codes name the state a pair begins in, instead of what happens there."""

from __future__ import annotations

from functools import partial

import numpy as np

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.state_space import (
    ANALYSIS,
    StateSpace,
    StateTies,
    state_space,
    state_ties,
)
from lapa.evaluation.codes.table_plane import TablePlane, table_plane
from lapa.evaluation.codes.true_actions import UNKNOWN_UNIT
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.state_space import plot_state_space
from lapa.evaluation.section import Need

CAPTION = (
    "Where each code occurs among the states at t (cross: its mean; plus: that of all pairs; grey: all pairs). "
    "Codes of motion occur everywhere that motion does."
)


class CodesInStateSpace(CodesSection):
    """Share of the state's variance between codes, beside that of the motion."""

    name = ANALYSIS
    title = "Codes and true motion"
    needs = (Need.CODES, Need.STATES)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure at the position that tells most, and draw the one that tells most of the state.

        Raises:
            CannotMeasureError: fewer than two state dimensions vary.
        """
        table, params = evidence.table, evidence.params
        space = state_space(table)
        ties = state_ties(
            table, space, _moved(evidence), draws=params.probe.resamples, seed=params.seed
        )
        codes = table.discrete[space.rows]
        strengths = [np.mean([eta_squared(c, s) for s in space.states.T]) for c in codes.T]
        position = int(np.argmax(strengths))
        axes = _axes(evidence, space)
        heading = _heading(space, ties, position, len(codes))
        draw = partial(plot_state_space, codes[:, position], space.states, axes, heading)
        return Finding(
            metrics={TRAINED: (ties.state.metric,)},
            blocks=evidence.plot("state_space", draw, CAPTION),
            sentences=_warning(ties),
            scores=(ties.score,),
        )


def _axes(evidence: CodesEvidence, space: StateSpace) -> tuple[str, str]:
    """Names of the two dimensions, with their units where the source tells them."""
    dataset = evidence.encoded.pairs.dataset
    facts = dataset.reader.facts(dataset.position_of(int(space.rows[0]))[0])
    known = {key: dict(enumerate(facts.get(key) or ())) for key in ("state_names", "state_units")}
    first, second = (
        f"{known['state_names'].get(i, f'state {i}')} at t "
        f"[{known['state_units'].get(i, UNKNOWN_UNIT)}]"
        for i in space.dimensions
    )
    return first, second


def _moved(evidence: CodesEvidence) -> TablePlane | None:
    described = evidence.moving.actions if evidence.with_actions is not None else None
    try:
        return table_plane(evidence.table, described)
    except CannotMeasureError:
        return None


def _warning(ties: StateTies) -> tuple[str, ...]:
    if not ties.follows_the_state:
        return ()
    motion = f", but {number(ties.motion.metric, 2)} of the motion's" if ties.motion else ""
    return (
        f"Warning: the codes tell where the robot is rather than what it does: η² "
        f"{number(ties.state.metric, 2)} of the state's variance lies between codes{motion}.",
    )


def _heading(space: StateSpace, ties: StateTies, position: int, pairs: int) -> str:
    motion = f", of the motion {number(ties.motion.metric, 2)}" if ties.motion else ""
    return (
        f"States at t of {pairs} held-out pairs of {space.dataset}, by the code at position {position}.\n"
        f"η² between codes at the best position: of the state {number(ties.state.metric, 2)}{motion}; "
        f"by chance {number(ties.state.control, 3)}"
    )
