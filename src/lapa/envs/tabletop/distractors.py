"""Nuisances that no action causes: drifting light, a shaking camera, wandering colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.camera import CameraPose
from lapa.params.envs import DistractorParams

Array = NDArray[np.float64]

WAVE_DEPTH = 0.45
SHAKE_M = 0.008
SHAKE_DEG = 1.0
GAIN = 0.25
MEMORY = 0.6
"""Correlation of shake and gains between frames: restless, but not white."""


class Distractors:
    """The nuisances of one episode, drawn from their own generator, so scenes stay paired."""

    def __init__(
        self, *, params: DistractorParams, size: int, generator: np.random.Generator
    ) -> None:
        self.params = params
        self._generator = generator
        self._wander = generator.standard_normal(9)
        grid = (np.arange(size) + 0.5) / size
        across, down = np.meshgrid(grid, grid)
        angles = generator.uniform(0, 2 * np.pi, 3)
        turns = generator.uniform(1.5, 3.0, 3)[:, None]
        self._waves = turns * (
            np.cos(angles)[:, None] * across.ravel() + np.sin(angles)[:, None] * down.ravel()
        )
        self._speeds = generator.uniform(0.08, 0.16, 3) * generator.choice([-1.0, 1.0], 3)
        self._phases = generator.uniform(0, 1, 3)

    def advance(self) -> None:
        """Move on by one control step."""
        fresh = self._generator.standard_normal(9)
        self._wander = MEMORY * self._wander + np.sqrt(1 - MEMORY**2) * fresh
        self._phases = self._phases + self._speeds

    def pose(self, pose: CameraPose) -> tuple[Array, Array]:
        """Position and axes of the camera, shaken."""
        position, axes = pose.frame()
        if self.params.camera_shake == 0:
            return position, axes
        position = position + SHAKE_M * self.params.camera_shake * self._wander[0:3]
        turn = np.radians(SHAKE_DEG) * self.params.camera_shake * self._wander[3:6]
        x, y, z = turn
        small = np.array([[1, -z, y], [z, 1, -x], [-y, x, 1]])
        shaken, _ = np.linalg.qr(axes @ small)
        return position, shaken * np.sign((shaken * axes).sum(axis=0))

    def recolor(
        self, picture: NDArray[np.float32], scenery: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Apply drifting light to the scenery and colour gains to everything.

        Args:
            picture: ``float32 (pixel, 3)`` in [0, 1].
            scenery: ``(pixel,)``, True where neither tool nor object is seen.
        """
        if self.params.moving_background > 0:
            waves = np.sin(2 * np.pi * (self._waves + self._phases[:, None])).mean(axis=0) * 1.6
            depth = WAVE_DEPTH * self.params.moving_background
            gain = 1 + depth * np.clip(waves, -1, 1) * scenery
            picture = picture * gain[:, None].astype(np.float32)
        if self.params.color_shift > 0:
            gains = 1 + GAIN * self.params.color_shift * self._wander[6:9]
            picture = picture * gains.astype(np.float32)
        return picture
