"""The compass on codes whose motion is known."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.compass import directions


def test_compass_points_where_the_code_moves() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(2, size=(400, 1))
    codes[:3] = 7
    motion = np.where(codes == 0, [[1.0, 0.0]], [[0.0, -2.0]]) + 0.1 * rng.normal(size=(400, 2))
    arrows = directions(codes, motion)
    assert [d.code for d in arrows] == [0, 1], "code 7 occurs three times: no direction"
    assert arrows[0].x == pytest.approx(1, abs=3 * arrows[0].radius)
    assert arrows[1].y == pytest.approx(-2, abs=3 * arrows[1].radius)
    assert arrows[0].radius == pytest.approx(1.96 * 0.1 / np.sqrt(arrows[0].count), rel=0.3)
