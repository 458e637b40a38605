"""The drawn frame moves as the true one did, or it does not."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.motion_angle import angular_errors, cosines, drawn_share
from lapa.evaluation.codes.motion_kept import ANGLE, COSINE, LENGTH, SHARE, motion_kept
from toys.moving_quantizers import PARAMS, MovingLaq, decoded_patches


def test_a_decoder_that_obeys_keeps_direction_and_length() -> None:
    decoded = decoded_patches(MovingLaq())
    own, other = (motion_kept(decoded, "laq", which, PARAMS) for which in ("own", "another"))
    assert own[ANGLE].value < 5
    assert own[COSINE].value > 0.95
    assert own[SHARE].value == pytest.approx(1, abs=0.05)
    assert own[LENGTH].value == pytest.approx(1, abs=0.05)
    assert own[ANGLE].high < other[ANGLE].low
    assert other[ANGLE].name == "motion_kept/angular_error_shuffled"


def test_a_decoder_that_ignores_codes_keeps_nothing() -> None:
    ignored = motion_kept(decoded_patches(MovingLaq(obeys=False)), "laq", "own", PARAMS)
    assert (ignored[ANGLE].value, ignored[COSINE].value, ignored[SHARE].value) == (90, 0, 0)


def test_angles_of_known_motions() -> None:
    wanted = np.array([[1, 0], [1, 0], [0, 2], [1, 1]], np.float32)
    seen = np.array([[2, 0], [-1, 0], [1, 0], [1e-6, 0]], np.float32)
    assert angular_errors(seen, wanted, shortest=0.001).tolist() == [0, 180, 90, 90]
    assert cosines(seen, wanted, shortest=0.001).tolist() == [1, -1, 0, 0]


def test_half_of_the_motion_is_half_whatever_else_moves() -> None:
    wanted = np.tile(np.array([[2.0, 0.0]]), (8, 1))
    seen = wanted / 2 + [0, 3]
    share = drawn_share("share", seen, wanted, np.arange(8), PARAMS)
    assert (share.value, share.low, share.high) == pytest.approx((0.5, 0.5, 0.5))
