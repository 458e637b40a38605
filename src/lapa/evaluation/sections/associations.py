"""What codes say about actions without fitting anything: mutual information, variance between codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.associations import Association, associations
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.evidence import CodesEvidence, CodesSection
from lapa.evaluation.codes.motion_plane import motion_plane
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.code_actions import plot_code_actions
from lapa.evaluation.section import Need

CAPTION = (
    "True motion of each pair, coloured by its code. A code that means something owns a region."
)


class Associations(CodesSection):
    """Every code position, and the whole sequence, against every action dimension."""

    name = "mutual information of codes and actions"
    title = "Codes and true motion"
    needs = (Need.CODES, Need.ACTIONS)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure all pairs of code position and dimension; plot the two dimensions that move most."""
        moving, seed = evidence.moving, evidence.params.seed
        actions = moving.actions
        measured = associations(moving.trained.discrete, actions.values, actions.names, seed=seed)

        def draw(path: Path) -> None:
            _plot(moving, path, seed=seed)

        return Finding(
            blocks=(
                *evidence.plot("code_actions", draw, CAPTION),
                *folded("Mutual information of codes and actions", rows(_table(measured))),
            ),
            data={"associations": [asdict(association) for association in measured]},
        )


def _plot(moving: Encoded, path: Path, *, seed: int) -> None:
    plane = motion_plane(moving.actions)
    plot_code_actions(
        moving.trained.discrete,
        plane.motion,
        plane.names,
        plane.axes,
        path,
        equal=plane.one_unit,
        seed=seed,
    )


def _table(measured: Sequence[Association]) -> Table:
    return Table(
        head=("dimension", "code", "mutual information, bits", "by chance", "η²"),
        rows=tuple(
            (
                a.dimension,
                a.token,
                f"{a.mutual_information:.2f}",
                f"{a.null:.2f}",
                f"{a.eta_squared:.2f}",
            )
            for a in measured
        ),
    )
