"""Contact sheet of pairs: the true motion, and what the decoder makes of it."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.codes.decoded_pairs import Condition, DecodedPairs, examples_of
from lapa.evaluation.codes.redraw import draw, frames_of
from lapa.evaluation.plots.motion_sheet import TRUE, Column, plot_motion_sheet

SHOWN: dict[str, Condition] = {
    "drawn with its\nown codes": "own",
    "drawn with another\npair's codes": "another",
}


def plot_motion_kept(decoded: DecodedPairs, arm: str, count: int, path: Path) -> None:
    """Draw examples.

    Args:
        decoded: the pairs.
        arm: whose decoder draws.
        count: examples at most.
        path: PNG to write.
    """
    wanted = decoded.motion.weighted
    chosen = examples_of(wanted, count, seed=decoded.seed)
    frames = frames_of(decoded.dataset, decoded.rows[chosen])
    columns = [
        Column(heading="frame t", images=frames[:, 0]),
        Column(heading="frame t+H", images=frames[:, 1], arrows=wanted[chosen], color=TRUE),
    ]
    for heading, condition in SHOWN.items():
        vectors = decoded.given(arm, condition)[chosen]
        columns.append(
            Column(
                heading=heading,
                images=draw(decoded.models[arm], frames[:, 0], vectors),
                arrows=decoded.by(arm, condition).motion.weighted[chosen],
            )
        )
    titles = [str(name) for name in decoded.table.dataset[chosen]]
    plot_motion_sheet(columns, titles, "Does the drawn frame move as the true one did?", path)
