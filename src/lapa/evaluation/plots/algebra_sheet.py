"""Contact sheet of what can be calculated with codes: nothing, the inverse, two steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lapa.evaluation.codes.algebra import Algebra
from lapa.evaluation.codes.chained_codes import draw_chain, frames_at
from lapa.evaluation.codes.decoded_pairs import DecodedPairs, examples_of
from lapa.evaluation.codes.redraw import draw
from lapa.evaluation.plots.motion_sheet import TRUE, Column, plot_motion_sheet


def plot_algebra(
    decoded: DecodedPairs,
    arm: str,
    algebra: Algebra,
    count: int,
    path: Path,
) -> None:
    """Draw examples that have a frame t+2H.

    Args:
        decoded: the pairs.
        arm: whose decoder draws.
        algebra: what was measured.
        count: examples at most.
        path: PNG to write.

    Raises:
        ValueError: a part of it was not.
    """
    null, backwards, chain = algebra.null, algebra.backwards, algebra.chain
    if null is None or backwards is None or chain is None:
        raise ValueError(f"{algebra} lacks a part, expected all three for the contact sheet")
    laq = decoded.models[arm]
    chosen = examples_of(chain.true.weighted, count, seed=decoded.seed)
    pairs = chain.pairs[chosen]
    frames = frames_at(decoded.dataset, decoded.rows[pairs], (0, 1, 2))
    first = frames[:, 0]
    true, own = decoded.motion.weighted[pairs], decoded.by(arm, "own").motion.weighted[pairs]
    columns = (
        Column(heading="frame t", images=first),
        Column(heading="frame t+H", images=frames[:, 1], arrows=true, color=TRUE),
        _drawn("own code", draw(laq, first, decoded.vectors[arm][pairs]), own),
        _drawn(
            "code of (t, t)",
            draw(laq, first, null.vectors[pairs]),
            null.drawn.motion.weighted[pairs],
        ),
        _drawn(
            "code of (t+H, t)",
            draw(laq, first, backwards.vectors[pairs]),
            backwards.drawn.motion.weighted[pairs],
        ),
        Column(
            heading="frame t+2H",
            images=frames[:, 2],
            arrows=chain.true.weighted[chosen],
            color=TRUE,
        ),
        _drawn(
            "codes of both steps\none after the other",
            draw_chain(decoded, arm, pairs, chain.second[chosen]),
            chain.drawn.weighted[chosen],
        ),
    )
    titles = [str(name) for name in decoded.table.dataset[pairs]]
    heading = "Frame t with codes of static, reversed and successive pairs"
    plot_motion_sheet(columns, titles, heading, path)


def _drawn(heading: str, images: np.ndarray, arrows: np.ndarray) -> Column:
    return Column(heading=f"t drawn with\n{heading}", images=images, arrows=arrows)
