"""Squares: proportions kept by the crop, edges kept by the squash."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.resize import to_square


def three_bands(height: int, width: int) -> np.ndarray:
    """Red, green and blue vertical bands; green is the centred square."""
    frame = np.zeros((height, width, 3), np.uint8)
    edge = (width - height) // 2
    frame[:, :edge, 0], frame[:, edge : edge + height, 1], frame[:, edge + height :, 2] = (
        255,
        255,
        255,
    )
    return frame[None]


@pytest.mark.parametrize("size", [16, 32, 64])
def test_crop_keeps_the_centre_only(size: int) -> None:
    out = to_square(three_bands(32, 96), size)
    assert out.shape == (1, size, size, 3)
    assert out.dtype == np.uint8
    assert (out[..., 1] == 255).all()
    assert (out[..., 0] == 0).all()


def test_squash_keeps_all_three_bands() -> None:
    out = to_square(three_bands(32, 96), 30, mode="squash")
    assert (out[0, 15, [4, 15, 25]].argmax(-1) == [0, 1, 2]).all()


def test_shrinking_averages_areas() -> None:
    board = np.indices((64, 64)).sum(0) % 2 * 255
    frame = np.repeat(board[..., None], 3, axis=-1).astype(np.uint8)[None]
    assert np.abs(to_square(frame, 16).astype(int) - 128).max() <= 1


def test_right_size_is_untouched_and_wrong_input_is_named() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    np.testing.assert_array_equal(to_square(frames, 8), frames)
    with pytest.raises(ValueError, match="float32"):
        to_square(frames.astype(np.float32), 8)
    with pytest.raises(ValueError, match="'stretch'"):
        to_square(frames, 8, mode="stretch")  # type: ignore[arg-type]
