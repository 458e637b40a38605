"""A pinhole camera that sees by ray casting: no OpenGL, no GPU, bit-equal on every call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import mujoco
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HAS_NORMALS = "normal" in (mujoco.mj_multiRay.__doc__ or "")
"""Older MuJoCo returns distances only; normals then come from neighbouring hit points."""
FAR = 5.0
"""Rays end here, metres."""


@dataclass(frozen=True, kw_only=True)
class CameraPose:
    """Where a camera stands: it looks at ``target`` from ``distance``, upright."""

    azimuth: float
    """Degrees; 0 stands at -y and sees +x to the right, 90 stands at +x."""
    elevation: float
    """Degrees above the table."""
    distance: float = 0.80
    """Metres from the target."""
    fov: float = 38.0
    """Vertical (and horizontal) opening, degrees."""
    target: tuple[float, float, float] = (0.0, 0.0, 0.03)

    def frame(self) -> tuple[Array, Array]:
        """Position ``(3,)`` and axes ``(3, 3)`` with columns right, up, backwards."""
        az, el = np.radians(self.azimuth), np.radians(self.elevation)
        back = np.array([np.sin(az) * np.cos(el), -np.cos(az) * np.cos(el), np.sin(el)])
        right = np.array([np.cos(az), np.sin(az), 0.0])
        axes = np.stack([right, np.cross(back, right), back], axis=1)
        return np.array(self.target) + self.distance * back, axes


CAMERAS = {
    "front": CameraPose(azimuth=18.0, elevation=57.0, distance=0.86, target=(0.0, 0.02, 0.06)),
    "side": CameraPose(azimuth=-60.0, elevation=38.0, distance=0.86, target=(0.0, 0.0, 0.08)),
}


@dataclass(frozen=True)
class Hits:
    """What the rays of one picture met, one row per pixel, row-major from the top left."""

    geoms: NDArray[np.int32]
    """Geom id, -1 for the background."""
    points: Array
    """Where, ``(pixel, 3)`` metres; meaningless for the background."""
    normals: Array
    """Outward unit normals ``(pixel, 3)``; meaningless for the background."""


@lru_cache(maxsize=16)
def pixel_rays(size: int, fov: float) -> Array:
    """Unit rays through the pixels' centres in camera axes, ``(size * size, 3)``."""
    half = np.tan(np.radians(fov) / 2)
    across = (np.arange(size) + 0.5) / size * 2 - 1
    right, down = np.meshgrid(across * half, across * half)
    rays = np.stack([right, -down, -np.ones_like(right)], axis=-1).reshape(-1, 3)
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


class RayCamera:
    """Casts one ray per pixel; keeps its buffers between pictures."""

    def __init__(self, *, size: int) -> None:
        self.size = size
        self._geoms = np.zeros(size * size, dtype=np.int32)
        self._distances = np.zeros(size * size)
        self._normals = np.zeros(size * size * 3)

    def cast(
        self, model: mujoco.MjModel, data: mujoco.MjData, pose: tuple[Array, Array], fov: float
    ) -> Hits:
        """Cast all rays from ``pose`` (position, axes) into the scene as it stands in ``data``."""
        position, axes = pose
        rays = pixel_rays(self.size, fov) @ axes.T
        ends = {"geomid": self._geoms, "dist": self._distances}
        if HAS_NORMALS:
            ends["normal"] = self._normals
        mujoco.mj_multiRay(
            m=model, d=data, pnt=position, vec=rays.reshape(-1), geomgroup=None, flg_static=True,
            bodyexclude=-1, nray=len(rays), cutoff=FAR, **ends,
        )  # fmt: skip
        points = position + rays * self._distances[:, None]
        normals = self._normals.reshape(-1, 3) if HAS_NORMALS else facing(points, rays, self.size)
        return Hits(self._geoms, points, normals)


def facing(points: Array, rays: Array, size: int) -> Array:
    """Normals from neighbouring hit points, turned towards the camera: ``(pixel, 3)``."""
    grid = points.reshape(size, size, 3)
    normals = np.cross(np.gradient(grid, axis=0), np.gradient(grid, axis=1)).reshape(-1, 3)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return np.asarray(normals * -np.sign((normals * rays).sum(axis=1, keepdims=True)))
