"""What moved is seen where it moved, in the colour of its direction; grain is not motion."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from lapa.serving.play.motion_view import FULL_COLOR, view_motion


def square(row: int, column: int) -> np.ndarray:
    frame = np.full((64, 64, 3), 40, np.uint8)
    frame[row : row + 16, column : column + 16] = (200, 90, 60)
    frame[row + 4 : row + 8, column + 4 : column + 8] = (20, 200, 20)
    return frame


@pytest.mark.parametrize(("down", "right"), [(0, 3), (3, 0), (0, -3), (-3, 0)])
def test_arrows_point_where_the_square_goes(down: int, right: int) -> None:
    view = view_motion(square(24, 24), square(24 + down, 24 + right))
    inside = [a for a in view.arrows if abs(a[0] - 0.5) < 0.1 and abs(a[1] - 0.5) < 0.1]
    mean = np.mean(inside, axis=0)
    assert np.allclose(mean[2:] * 64, (right, down), atol=1.2)
    assert max(np.hypot(a[2], a[3]) for a in view.arrows if a[0] < 0.1) < 0.002
    assert view.largest >= FULL_COLOR


def test_the_colour_is_the_direction_and_white_stands_still() -> None:
    data = view_motion(square(24, 24), square(24, 27)).colors.partition(",")[2]
    colors = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    blue, green, red = colors[32, 32].astype(int)
    assert red == 255
    assert max(blue, green) < 160
    assert colors[0, 0].tolist() == [255, 255, 255]


def test_grain_is_no_motion() -> None:
    frame = square(24, 24)
    grain = np.random.default_rng(0).integers(-2, 3, frame.shape)
    view = view_motion(frame, np.clip(frame.astype(int) + grain, 0, 255).astype(np.uint8))
    assert not np.any([a[2:] for a in view.arrows])
