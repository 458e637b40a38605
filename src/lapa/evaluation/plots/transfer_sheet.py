"""Contact sheet of latent transfers: A's pair, B's frame, and B as A's code moves it."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.codes.decoded_pairs import DecodedPairs, examples_of
from lapa.evaluation.codes.redraw import draw, frames_of
from lapa.evaluation.codes.transfer import WHERE, Transfer
from lapa.evaluation.plots.motion_sheet import TRUE, Column, plot_motion_sheet


def plot_transfers(
    decoded: DecodedPairs, arm: str, moved: Transfer, count: int, path: Path
) -> None:
    """Draw examples of a transfer.

    Args:
        decoded: the pairs.
        arm: whose decoder draws.
        moved: what was measured.
        count: examples at most.
        path: PNG to write.
    """
    chosen = examples_of(moved.wanted, count, seed=decoded.seed)
    givers, receivers = moved.givers[chosen], moved.receivers[chosen]
    pair = frames_of(decoded.dataset, decoded.rows[givers])
    first = frames_of(decoded.dataset, decoded.rows[receivers])[:, 0]
    drawn = draw(decoded.models[arm], first, decoded.vectors[arm][givers])
    columns = (
        Column(heading="A: frame t", images=pair[:, 0]),
        Column(heading="A: frame t+H", images=pair[:, 1], arrows=moved.wanted[chosen], color=TRUE),
        Column(heading="B: frame t", images=first),
        Column(heading="B drawn with\nA's code", images=drawn, arrows=moved.seen[chosen]),
    )
    heading = (
        f"The code of A applied in {WHERE[moved.where]}:\n{len(moved.errors)} transfers, "
        f"mean angle {moved.errors.mean():.0f}° (chance 90°)."
    )
    titles = [f"off by {error:.0f}°" for error in moved.errors[chosen]]
    plot_motion_sheet(columns, titles, heading, path)
