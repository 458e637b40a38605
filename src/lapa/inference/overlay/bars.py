"""A bar for every action dimension: predicted above, true below, on the dimension's own range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

# Okabe & Ito, "Color Universal Design", https://jfly.uni-koeln.de/color/
PREDICTED: Final = (0, 114, 178)
TRUE: Final = (230, 159, 0)
INK, FAINT, PAPER = (30, 30, 30), (215, 215, 215), (255, 255, 255)

ROW: Final = 44
"""Height of one dimension, pixels: its name, and two bars."""
WIDTH: Final = 360
_BAR: Final = 9
_LEFT, _RIGHT = 12, 68
FONT: Final = ImageFont.load_default(13)
SMALL: Final = ImageFont.load_default(10)


def height_of(num_dimensions: int) -> int:
    """Pixels that so many dimensions need."""
    return ROW * num_dimensions


def draw_bars(
    dimensions: Sequence[Mapping[str, Any]],
    predicted: NDArray[np.float32],
    true: NDArray[np.float32] | None,
) -> NDArray[np.uint8]:
    """Draw one action.

    Args:
        dimensions: name, unit, ``low`` and ``high`` of each, as `PolicyPredictor.facts` has them.
        predicted: ``(dimension,)``, physical units.
        true: likewise; None where nobody knows it.

    Returns:
        ``uint8 (ROW * dimensions, WIDTH, 3)``.
    """
    image = Image.new("RGB", (WIDTH, height_of(len(dimensions))), PAPER)
    draw = ImageDraw.Draw(image)
    for number, dimension in enumerate(dimensions):
        top = ROW * number
        unit = f" ({dimension['unit']})" if dimension["unit"] else ""
        draw.text((_LEFT, top + 2), f"{dimension['name']}{unit}"[:48], INK, FONT)
        values = [(PREDICTED, predicted)] + ([] if true is None else [(TRUE, true)])
        axis = Axis(dimension["low"], dimension["high"])
        bottom = top + 21 + 2 * _BAR
        draw.rectangle((_LEFT, top + 19, WIDTH - _RIGHT, bottom), outline=FAINT)
        draw.line([(axis.start, top + 19), (axis.start, bottom)], INK)
        for lane, (color, action) in enumerate(values):
            _bar(draw, axis, float(action[number]), top + 20 + lane * (_BAR + 1), color)
    return np.asarray(image)


class Axis:
    """Values of one dimension to places on the picture; what lies outside ends at the edge.

    Bars begin at zero, or at the end next to it where the range holds no zero, as that of a joint's angle may.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self.start = self.place(0.0)

    def place(self, value: float) -> int:
        """Pixels from the left edge."""
        span = (self.high - self.low) or 1.0
        share = min(max((value - self.low) / span, 0.0), 1.0)
        return round(_LEFT + share * (WIDTH - _RIGHT - _LEFT))


def _bar(
    draw: ImageDraw.ImageDraw, axis: Axis, value: float, top: int, color: tuple[int, int, int]
) -> None:
    left, right = sorted((axis.start, axis.place(value)))
    draw.rectangle((left, top, max(right, left + 1), top + _BAR - 1), fill=color)
    draw.text((WIDTH - _RIGHT + 8, top - 2), f"{value:.3g}", color, SMALL)
