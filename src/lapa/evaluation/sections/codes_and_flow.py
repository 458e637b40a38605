"""What the codes tell about the flow, in which direction and whether anything moves; no action labels are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.associations import Association, associations, eta_squared
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.flow_probe import KINDS
from lapa.evaluation.codes.flow_scores import ANALYSIS, flow_scores
from lapa.evaluation.codes.motion_plane import MotionPlane
from lapa.evaluation.codes.pair_table import PairMotion, PairTable
from lapa.evaluation.codes.shared_motions import moving_directions
from lapa.evaluation.codes.token_angles import TokenAngles, token_angles
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.code_actions import plot_code_actions
from lapa.evaluation.plots.token_roses import plot_token_roses
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

AXES = ("flow to the right [width of the picture]", "flow upwards [width of the picture]")
SIDES = ("right", "up")
UPWARDS = np.array([1, -1], np.float32)
"""Flow points down; in a plot up is up."""
SCATTER = (
    "Flow of each pair (longer flow weighs more), coloured by its code and its whole sequence."
)
ROSES = (
    "Directions of the pairs of each code that move, a row per dataset: sectors' areas are shares of its pairs; the "
    "arrow points in the mean direction and is R long (1: the rim; all directions are one)."
)


class CodesAndFlow(CodesSection):
    """Information about direction and stillness, concentration of directions, circular statistics of every code."""

    name = ANALYSIS
    title = "Codes and flow"
    needs = (Need.CODES, Need.FLOW)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure all codes against what moved in the picture.

        Raises:
            CannotMeasureError: nothing moves in any pair.
        """
        table, motion, params = evidence.table, evidence.table.seen_motion, evidence.params
        moves, directions = moving_directions(motion)
        if not moves.any():
            raise CannotMeasureError("nothing moves in the held-out pairs")
        scores = flow_scores(table, draws=params.probe.resamples, seed=params.seed)
        angles = token_angles(table.discrete[moves], table.dataset[moves], directions)
        tied = _associations(table, motion, seed=params.seed)
        upright = motion.weighted * UPWARDS
        plane = MotionPlane(motion=upright, names=SIDES, axes=AXES, one_unit=True)
        named = associations(table.discrete, upright, SIDES, seed=params.seed)
        scatter = partial(
            plot_code_actions,
            table.discrete,
            plane,
            named,
            seed=params.seed,
            subject="Flow",
        )
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(
                *rows(score_table(scores)),
                *evidence.plot("flow_codes", scatter, SCATTER),
                *evidence.plot(
                    "code_directions", _roses(table.take(moves), directions, angles, scores), ROSES
                ),
                *folded("Directions of every code", rows(_angle_table(angles))),
                *folded("η² of every way to average the flow", rows(_eta_table(tied))),
            ),
            sentences=tuple(_sentence(score) for score in scores[:1] if score.verdict == "passes"),
            scores=scores,
            data={"angles": [asdict(of_one) for of_one in angles]},
        )


def _associations(table: PairTable, motion: PairMotion, *, seed: int) -> list[Association]:
    """η² and mutual information of both axes of every way to average the flow."""
    flows = np.concatenate([getattr(motion, kind) for kind in KINDS], axis=1)
    names = tuple(f"{kind} {side}" for kind in KINDS for side in ("right", "down"))
    return associations(table.discrete, flows, names, seed=seed)


def _roses(
    moving: PairTable,
    directions: NDArray[np.float64],
    angles: Sequence[TokenAngles],
    scores: Sequence[Score],
) -> Callable[[Path], None]:
    """Draw the position whose codes differ most in direction."""
    codes = moving.discrete
    told = [np.mean([eta_squared(code, side) for side in directions.T]) for code in codes.T]
    position = int(np.argmax(told))
    return partial(
        plot_token_roses,
        codes=codes[:, position],
        dataset=moving.dataset,
        directions=directions,
        measured=[of_one for of_one in angles if of_one.position == position],
        heading=f"Directions of the flow at code position {position}; {len(codes)} pairs that move\n{_known(scores)}",
    )


def _known(scores: Sequence[Score]) -> str:
    """What the roses show, and how concentrated directions are by chance."""
    about = "degrees: 0 right, 90 down"
    of_all = next((s for s in scores if s.metric.name == "flow_concentration"), None)
    if of_all is None:
        return about
    return f"{about}; mean R {number(of_all.metric, 2)}, permuted codes {number(of_all.control, 2)}"


def _angle_table(angles: Sequence[TokenAngles]) -> Table:
    return Table(
        head=("dataset", "position", "code", "pairs", "mean direction", "R", "Rayleigh p"),
        rows=tuple(
            (
                a.dataset,
                str(a.position),
                str(a.code),
                str(a.count),
                f"{a.direction:.0f}°",
                f"{a.resultant:.2f}",
                f"{a.rayleigh_p:.1g}",
            )
            for a in angles
        ),
    )


def _eta_table(tied: Sequence[Association]) -> Table:
    tokens = list(dict.fromkeys(a.token for a in tied))
    dimensions = list(dict.fromkeys(a.dimension for a in tied))
    eta = {(a.token, a.dimension): f"{a.eta_squared:.2f}" for a in tied}
    return Table(
        head=("code", *dimensions),
        rows=tuple((token, *(eta[token, d] for d in dimensions)) for token in tokens),
    )


def _sentence(score: Score) -> str:
    return (
        f"The codes tell in which direction things move: {number(score.metric, 2)} of the direction's "
        f"entropy, permuted codes {number(score.control, 2)}."
    )
