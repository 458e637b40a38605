"""Frames and rows whose number can be read back, whatever a codec did to them."""

from __future__ import annotations

import numpy as np


def gray_frames(num_frames: int, height: int = 48, width: int = 64) -> np.ndarray:
    """Frames whose number can be read back: frame i is grey of brightness 16 + 8 i."""
    values = (16 + 8 * np.arange(num_frames)) % 240
    return np.broadcast_to(
        values[:, None, None, None].astype(np.uint8), (num_frames, height, width, 3)
    ).copy()


def numbers_of(frames: np.ndarray) -> list[int]:
    """Read the frame numbers of `gray_frames` back, whatever a codec did to them."""
    return [round((float(frame.mean()) - 16) / 8) for frame in frames]


def gray(episode: int, frame: int) -> int:
    """Brightness of one frame of `pictures`."""
    return 40 + 40 * (episode % 4) + 5 * frame


def pictures(episode: int, count: int, size: int = 32) -> np.ndarray:
    """Flat frames of brightness `gray` with a red left half: tells frames apart, and red from blue."""
    frames = np.zeros((count, size, size, 3), np.uint8)
    for frame in range(count):
        frames[frame] = gray(episode, frame)
        frames[frame, :, : size // 2, 0] = 200
    return frames


def assert_shows(frame: np.ndarray, episode: int, number: int) -> None:
    """The frame is this one of `pictures`, after a lossy codec."""
    right = frame[:, frame.shape[1] // 2 + 2 :]
    left = frame[:, : frame.shape[1] // 2 - 2]
    assert abs(float(right.mean()) - gray(episode, number)) < 2.5
    assert left[..., 0].mean() > 180 > left[..., 2].mean()


def rows(episode: int, count: int, width: int) -> np.ndarray:
    """``(count, width)`` actions or states: 100 per episode, 1 per frame, 0.1 per column."""
    return 100.0 * episode + np.arange(count)[:, None] + np.arange(width) / 10
