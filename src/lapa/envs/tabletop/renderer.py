"""The picture of one moment: fingers set, rays cast, shaded, disturbed, in bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.camera import CAMERAS, RayCamera
from lapa.envs.tabletop.distractors import Distractors
from lapa.envs.tabletop.physics import Physics
from lapa.envs.tabletop.scene import COLORS, HALF, TABLE_GEOM, TABLES
from lapa.envs.tabletop.shading import ShadowCaster, shade
from lapa.envs.tabletop.tasks import up
from lapa.params.envs import CameraName, ColorName, TableName

TOOL_SHADOW = 0.038
"""Radius of the tool's shadow, metres."""


class Renderer:
    """Draws one tabletop as one of the named cameras sees it."""

    def __init__(self, *, size: int, camera: CameraName, table: TableName = "light") -> None:
        self.size = size
        self._table, self._background = TABLES[table]
        self._view = CAMERAS[camera]
        self._camera = RayCamera(size=size)

    def render(
        self,
        physics: Physics,
        colors: tuple[ColorName, ...],
        distractors: Distractors,
        *,
        closed: bool,
    ) -> NDArray[np.uint8]:
        """Draw ``uint8 (size, size, 3)`` RGB with fingers ``closed`` or open."""
        scene, data = physics.scene, physics.data
        if closed:
            parts = list(scene.part_geoms)
            data.geom_xpos[parts] += scene.closing
        hits = self._camera.cast(scene.model, data, distractors.pose(self._view), self._view.fov)
        if closed:
            data.geom_xpos[parts] -= scene.closing
        picture = shade(hits, self._palette(physics, colors), _casters(physics))
        picture = distractors.recolor(picture, scenery=hits.geoms <= TABLE_GEOM)
        bytes_ = (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
        return bytes_.reshape(self.size, self.size, 3)

    def _palette(self, physics: Physics, colors: tuple[ColorName, ...]) -> NDArray[np.float32]:
        palette = physics.scene.palette.copy()
        palette[TABLE_GEOM], palette[-1] = self._table, self._background
        palette[list(physics.scene.object_geoms)] = [COLORS[color] for color in colors]
        return palette


def _casters(physics: Physics) -> list[ShadowCaster]:
    now = physics.situation()
    held = -1 if now.held is None else physics.scene.object_geoms[now.held]
    casters = [ShadowCaster(now.tool, TOOL_SHADOW, spares=held)]
    for center in now.objects:
        underside = center - up(HALF)
        if underside[2] > 0.01:
            casters.append(ShadowCaster(underside, HALF))
    return casters
