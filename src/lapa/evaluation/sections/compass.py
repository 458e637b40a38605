"""The mean true motion of every code as an arrow."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.compass import directions
from lapa.evaluation.codes.evidence import CodesEvidence, CodesSection
from lapa.evaluation.codes.motion_plane import motion_plane
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.compass_rose import plot_compass
from lapa.evaluation.section import Need


class Compass(CodesSection):
    """Directions of the codes at every position, in the plane that moves most."""

    name = "compass"
    title = "Codes and true motion"
    needs = (Need.CODES, Need.ACTIONS)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Average the motion of every code that occurs often enough.

        Raises:
            CannotMeasureError: no two moving dimensions share a unit, or every code is rare.
        """
        moving = evidence.moving
        plane = motion_plane(moving.actions)
        if not plane.one_unit:
            raise CannotMeasureError("no two moving action dimensions share a unit")
        arrows = directions(moving.trained.discrete, plane.motion)
        if not arrows:
            raise CannotMeasureError("no code occurs often enough for a mean direction")
        draw = partial(plot_compass, arrows, plane.axes)
        return Finding(
            blocks=evidence.plot("compass", draw, "Mean true motion of each code."),
            data={"directions": [asdict(arrow) for arrow in arrows]},
        )
