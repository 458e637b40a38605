"""Frame t, frame t+H, and what the decoder draws with the right and with another pair's codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import saved_plot

Images = NDArray[np.uint8]
"""``uint8 (pair, height, width, 3)``"""


def plot_reconstructions(
    columns: dict[str, Images], titles: list[str], gains: tuple[float, float], path: Path
) -> None:
    """Draw one row per pair.

    Args:
        columns: images by column heading; all of one length.
        titles: text beside each row.
        gains: PSNR gain over copying frame t in dB with the right and the shuffled codes, over
            the whole held-out set.
        path: PNG to write.
    """
    rows = len(titles)
    size = (1.5 * len(columns) + 0.6, 1.5 * rows + 0.8)
    with saved_plot(path, nrows=rows, ncols=len(columns), squeeze=False, figsize=size) as panels:
        for column, (heading, images) in enumerate(columns.items()):
            panels[0, column].set_title(heading, fontsize=8)
            for row, image in enumerate(images):
                panel = panels[row, column]
                panel.imshow(image, interpolation="nearest")
                panel.set_xticks([])
                panel.set_yticks([])
                panel.grid(visible=False)
                if column == 0:
                    panel.set_ylabel(titles[row], fontsize=7)
        panels[0, 0].figure.suptitle(
            f"Held-out pairs: gain over copying frame t {gains[0]:+.2f} dB with the right codes, "
            f"{gains[1]:+.2f} dB with shuffled ones",
            fontsize=9,
        )


def signed_difference(first: Images, second: Images) -> Images:
    """``second - first`` around mid-grey, doubled so that small changes show."""
    difference = second.astype(np.int16) - first.astype(np.int16)
    return np.clip(128 + 2 * difference, 0, 255).astype(np.uint8)
