"""Pairs as a strip of pictures: frame t, frame t+H, and the t+H that the decoder draws from the codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from einops import repeat
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lapa.inference.inputs.recording import Recording
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.inference.result import Prediction

COLUMNS: Final = ("frame t", "frame t+H", "decoded t+H")
LARGE: Final = 160
GAP, TEXT, HEAD = 6, 16, 22
FONT: Final = ImageFont.load_default(12)


def draw_strip(
    predictor: QuantizerPredictor,
    recordings: Sequence[Recording],
    prediction: Prediction,
    *,
    most: int = 8,
) -> Image.Image:
    """Draw evenly spaced pairs, one row each, with the codes below.

    Args:
        predictor: what made ``prediction``.
        recordings: what it was made of, in the same order.
        prediction: codes of the pairs.
        most: rows at most; each has its two frames read once more.
    """
    rows = [
        (recording, said, index)
        for recording, said in zip(recordings, prediction.recordings, strict=True)
        for index in range(len(said.frames))
    ]
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int))
    drawn = []
    for recording, said, index in (rows[place] for place in chosen):
        pairs = predictor.pairs(recording, said.frames[index : index + 1])
        pictures = np.concatenate([pairs[0], predictor.decode(pairs)])
        codes = " ".join(map(str, said.arrays["codes"][index]))
        drawn.append(_row(pictures, f"{said.name}, frame {said.frames[index]}: codes {codes}"))
    return _page(drawn)


def _row(pictures: NDArray[np.uint8], text: str) -> Image.Image:
    """Three pictures side by side over a line of text."""
    scale = max(1, round(LARGE / pictures.shape[1]))
    large = repeat(pictures, "p h w c -> p (h a) (w b) c", a=scale, b=scale)
    side = large.shape[1]
    row = Image.new("RGB", (len(large) * (side + GAP), side + TEXT + GAP), "white")
    for place, picture in enumerate(large):
        row.paste(Image.fromarray(picture), (place * (side + GAP), 0))
    ImageDraw.Draw(row).text((0, side + 2), text, "black", FONT)
    return row


def _page(rows: Sequence[Image.Image]) -> Image.Image:
    width, height = rows[0].size
    page = Image.new("RGB", (width, HEAD + height * len(rows)), "white")
    draw = ImageDraw.Draw(page)
    for place, heading in enumerate(COLUMNS):
        draw.text((place * width // len(COLUMNS), 4), heading, "black", FONT)
    for number, row in enumerate(rows):
        page.paste(row, (0, HEAD + number * height))
    return page
