"""Pairs grouped by code: if a code means something, its row shows one kind of change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.code_examples import CodeGroup
from lapa.evaluation.plots.style import saved_plot

MAX_SIDE = 96
"""Pixels; larger frames are thinned out, so that the page stays small."""
GAP = 8
Images = NDArray[np.uint8]


def plot_code_strips(
    groups: Sequence[CodeGroup], pairs: Sequence[Images], heading: str, path: Path
) -> None:
    """Draw one row per group: the mean change, then pairs as frame t beside frame t+H.

    Args:
        groups: as `groups_by_code` gives them.
        pairs: frames of each group, ``uint8 (example, 2, height, width, 3)``.
        heading: of the plot.
        path: PNG to write.
    """
    loudest = max((float(np.abs(group.change).max()) for group in groups), default=0.0) or 1.0
    strips = [_strip(group, frames, loudest) for group, frames in zip(groups, pairs, strict=True)]
    width = max(strip.shape[1] for strip in strips)
    size = (9.4, 9.0 * strips[0].shape[0] / width * len(strips) + 0.35 * len(strips) + 0.5)
    with saved_plot(path, nrows=len(strips), squeeze=False, figsize=size) as panels:
        for panel, strip, group in zip(panels[:, 0], strips, groups, strict=True):
            panel.imshow(_padded(strip, width), interpolation="nearest")
            panel.set_xticks([])
            panel.set_yticks([])
            panel.grid(visible=False)
            for spine in panel.spines.values():
                spine.set_visible(False)
            panel.set_title(
                f"{group.name}   ({100 * group.share:.1f} % of the pairs)",
                fontsize=8,
                loc="left",
                pad=2,
            )
        panels[0, 0].figure.suptitle(heading, fontsize=9)


def _strip(group: CodeGroup, frames: Images, loudest: float) -> Images:
    """Mean change, then every pair, side by side with white gaps."""
    thinned = frames[:, :, :: _every(frames), :: _every(frames)]
    side = thinned.shape[2]
    gap = np.full((side, GAP, 3), 255, np.uint8)
    parts = [_enlarged(group.change / loudest, side)]
    for pair in thinned:
        parts += [gap, pair[0], gap[:, :2], pair[1]]
    return np.concatenate(parts, axis=1)


def _every(frames: Images) -> int:
    return int(np.ceil(frames.shape[2] / MAX_SIDE))


def _enlarged(change: NDArray[np.floating], side: int) -> Images:
    """Cells of a change in [-1, 1] as a square image around mid-grey."""
    gray = np.clip(128 + 127 * change, 0, 255).astype(np.uint8)
    index = np.arange(side) * len(gray) // side
    return np.asarray(gray[index][:, index])


def _padded(strip: Images, width: int) -> Images:
    missing = width - strip.shape[1]
    return np.pad(strip, ((0, 0), (0, missing), (0, 0)), constant_values=255)
