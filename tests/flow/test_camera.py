"""The camera's motion is taken out, and what moves in the scene stays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lapa.flow.camera import Camera, without_camera

SIDE = 48
OBJECT = np.s_[10:24, 8:22]
MOVES = np.array([3.0, -2.0], np.float32)


def seen(camera_flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """One pair: the camera's flow everywhere, and an object that moves on top of it."""
    flow = np.broadcast_to(camera_flow, (SIDE, SIDE, 2)).astype(np.float32).copy()
    flow[OBJECT] += MOVES
    return flow[None]


def turned() -> NDArray[np.float32]:
    """A camera that turns by 3 degrees about the centre and comes 4 % nearer."""
    place = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1) - SIDE / 2
    angle = np.deg2rad(3)
    turn = 1.04 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(place @ turn.T - place, np.float32)


SHIFT = np.array([1.5, 2.0], np.float32)


@pytest.mark.parametrize(
    ("camera", "flow"), [("median", SHIFT), ("affine", SHIFT), ("affine", turned())]
)
def test_only_the_object_moves_when_the_camera_is_taken_out(
    camera: Camera, flow: NDArray[np.float32]
) -> None:
    (left,) = without_camera(seen(flow), camera)
    inside = np.zeros((SIDE, SIDE), bool)
    inside[OBJECT] = True
    assert np.abs(left[~inside]).max() < 0.05
    assert np.abs(left[inside] - MOVES).max() < 0.05


def test_a_median_does_not_see_a_turn_and_keep_changes_nothing() -> None:
    flow = seen(turned())
    assert np.abs(without_camera(flow, "median")[0][-8:]).mean() > 0.5
    assert without_camera(flow, "keep") is flow


def test_pictures_of_one_row_have_a_median_where_no_affine_motion_fits() -> None:
    flow = np.ones((1, 1, 8, 2), np.float32)
    assert np.abs(without_camera(flow, "affine")).max() < 1e-4
