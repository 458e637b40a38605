"""The plane in which pairs of a table moved: two true actions where datasets agree on them, else the picture's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.motion_plane import MotionPlane, motion_plane
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.true_actions import TrueActions

PERCENT = "% of the image's width"


@dataclass(frozen=True, kw_only=True)
class TablePlane:
    """Motion of some rows of a table."""

    rows: NDArray[np.int64]
    """Those that have it."""
    plane: MotionPlane
    """Of these rows."""
    of_actions: bool
    """Whether it is the true motion; else what moved in the picture."""

    @property
    def motion(self) -> NDArray[np.float64]:
        """In float64, ``(row, 2)``."""
        return self.plane.motion.astype(np.float64)


def table_plane(table: PairTable, described: TrueActions | None = None) -> TablePlane:
    """The true motion in two dimensions where all datasets with actions name the same, else optical flow.

    Args:
        table: the pairs.
        described: tells units and meaning of actions that have the same names.

    Raises:
        CannotMeasureError: there is neither.
    """
    kinds = set(table.action_names.values())
    if table.actions is not None and len(kinds) == 1:
        return _of_actions(table, table.actions, next(iter(kinds)), described)
    return flow_plane(table)


def flow_plane(table: PairTable) -> TablePlane:
    """What moved in the picture, of pairs in which something did.

    Raises:
        CannotMeasureError: flow was not measured, or nothing moves.
    """
    if table.motion is None:
        raise CannotMeasureError("the pairs have neither actions that agree nor optical flow")
    rows = np.flatnonzero(~table.motion.static)
    if not len(rows):
        raise CannotMeasureError("nothing moves in any of the pairs")
    plane = MotionPlane(
        motion=100 * table.motion.moving[rows],
        names=("right", "down"),
        axes=(f"motion to the right\n[{PERCENT}]", f"motion down\n[{PERCENT}]"),
        one_unit=True,
    )
    return TablePlane(rows=rows, plane=plane, of_actions=False)


def _of_actions(
    table: PairTable,
    actions: NDArray[np.float32],
    names: tuple[str, ...],
    described: TrueActions | None,
) -> TablePlane:
    values = actions[:, : len(names)]
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    known = described is not None and described.names == names
    true = TrueActions(
        values=values[rows],
        names=names,
        units=described.units if known and described else (),
        actions_are=described.actions_are if known and described else (),
    )
    return TablePlane(rows=rows, plane=motion_plane(true), of_actions=True)
