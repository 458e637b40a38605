"""One picture of the overlay: the frame on the left, the action on the right, a line of text above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from einops import repeat
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lapa.inference.overlay.bars import (
    FONT,
    INK,
    PAPER,
    PREDICTED,
    TRUE,
    WIDTH,
    draw_bars,
    height_of,
)

LARGE: Final = 320
"""Frames are shown at about this size: whole multiples of a small one, so that pixels stay pixels."""
HEAD: Final = 46


def canvas_size(picture_side: int, num_dimensions: int) -> tuple[int, int]:
    """Height and width of a canvas, even as video wants them."""
    shown = picture_side * _scale(picture_side)
    height = HEAD + max(shown, height_of(num_dimensions))
    return height + height % 2, shown + WIDTH + shown % 2


def draw_canvas(
    picture: NDArray[np.uint8],
    lines: tuple[str, str],
    dimensions: Sequence[Mapping[str, Any]],
    predicted: NDArray[np.float32],
    true: NDArray[np.float32] | None,
) -> NDArray[np.uint8]:
    """Draw one frame.

    Args:
        picture: ``uint8 (side, side, 3)``: what the policy saw.
        lines: of text above it.
        dimensions: as for `draw_bars`.
        predicted: ``(dimension,)``.
        true: likewise, or None.

    Returns:
        ``uint8 (*canvas_size, 3)``.
    """
    height, width = canvas_size(len(picture), len(dimensions))
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((8, 4 + 20 * number), line, INK, FONT)
    draw.text((width - WIDTH + 12, 24), "predicted", PREDICTED, FONT)
    if true is not None:
        draw.text((width - WIDTH + 92, 24), "true", TRUE, FONT)
    scale = _scale(len(picture))
    large = repeat(picture, "h w c -> (h a) (w b) c", a=scale, b=scale)
    image.paste(Image.fromarray(large), (0, HEAD))
    bars = Image.fromarray(draw_bars(dimensions, predicted, true))
    image.paste(bars, (width - WIDTH, HEAD))
    return np.asarray(image)


def _scale(side: int) -> int:
    return max(1, round(LARGE / side))
