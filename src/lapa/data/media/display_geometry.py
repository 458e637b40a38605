"""From the coded picture of a video to the one a player shows: cropped, square pixels, upright."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from lapa.data.episode import Frames
from lapa.data.media.jpeg import check_size
from lapa.data.media.orientation import (
    STORED,
    orientation_note,
    orientation_of_matrix,
    shown_size,
    upright,
)

ROUNDING: Final = 0.01
"""Pixels whose width and height differ by less come from rounding a picture's size: left alone."""


@dataclass(frozen=True, kw_only=True)
class Crop:
    """Pixels cut off each side of the coded picture."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def fits(self, height: int, width: int) -> bool:
        """Tell whether something is left of a picture, and nothing is added to it."""
        is_inside = min(self.top, self.bottom, self.left, self.right) >= 0
        return is_inside and self.top + self.bottom < height and self.left + self.right < width


@dataclass(frozen=True, kw_only=True)
class DisplayGeometry:
    """What the container and the first frame say about showing the coded pictures of a video."""

    height: int
    width: int
    """Of the coded picture, pixels."""
    crop: Crop = Crop()
    """The clean aperture; players of the QuickTime family and FFmpeg's own tools cut it out."""
    pixel_aspect: Fraction = Fraction(1)
    """Width of a pixel over its height, before the picture is turned."""
    orientation: int = STORED

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of what `apply` returns."""
        return shown_size(*self._square_size, self.orientation)

    @property
    def _square_size(self) -> tuple[int, int]:
        """(height, width) with square pixels: the shorter side of a pixel grows, nothing shrinks."""
        height = self.height - self.crop.top - self.crop.bottom
        width = self.width - self.crop.left - self.crop.right
        aspect = float(self.pixel_aspect)
        if abs(aspect - 1) < ROUNDING:
            return height, width
        return (height, round(width * aspect)) if aspect > 1 else (round(height / aspect), width)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is done to the coded picture, for people; one line per kind, without file names."""
        notes = []
        if self.crop != Crop():
            notes.append("cropped to the clean aperture that the file declares")
        if abs(float(self.pixel_aspect) - 1) >= ROUNDING:
            notes.append(f"stretched to square pixels (pixel aspect ratio {self.pixel_aspect})")
        if self.orientation != STORED:
            notes.append(orientation_note(self.orientation))
        return tuple(notes)

    def check(self, max_pixels: int) -> None:
        """Refuse a shown picture of absurd size before memory is spent on it.

        Raises:
            BadInputError: ``absurd_dimensions``.
        """
        check_size(*self.size, max_pixels=max_pixels)

    def picture(self, frame: Any, convert: VideoReformatter) -> Frames:
        """Return the shown picture ``uint8 (height, width, 3)`` of a decoded frame.

        Args:
            frame: of PyAV.
            convert: kept from frame to frame: a frame's own would be set up anew, with threads, for each.
        """
        size = {"height": self.height, "width": self.width}
        coded = convert.reformat(frame, format="rgb24", **size, threads=1).to_ndarray()
        return self.apply(np.asarray(coded, np.uint8))

    def apply(self, image: Frames) -> Frames:
        """Turn a coded ``uint8 (height, width, 3)`` picture into the shown one."""
        crop = self.crop
        image = image[crop.top : self.height - crop.bottom, crop.left : self.width - crop.right]
        height, width = self._square_size
        if image.shape[:2] != (height, width):
            image = np.asarray(
                cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8
            )
        return upright(image, self.orientation)


def display_geometry(
    frame: Any, *, height: int, width: int, crop: Crop, pixel_aspect: Fraction | None
) -> DisplayGeometry:
    """Return how coded pictures are shown.

    Args:
        frame: the first one decoded; it carries the display matrix of container or stream.
        height: of the coded picture, pixels.
        width: of the coded picture, pixels.
        crop: the container's clean aperture; one that does not fit is ignored.
        pixel_aspect: of container or stream; None or 0 where unknown.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    numbers = None if matrix is None else np.frombuffer(bytes(matrix), "=i4")
    return DisplayGeometry(
        height=height,
        width=width,
        crop=crop if crop.fits(height, width) else Crop(),
        pixel_aspect=pixel_aspect or Fraction(1),
        orientation=STORED if numbers is None else orientation_of_matrix(numbers.tolist()),
    )
