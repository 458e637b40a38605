"""From ray hits to a picture: Lambert shading, and the shadow that tells height from depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.camera import Hits
from lapa.envs.tabletop.scene import TABLE_GEOM

LIGHT = np.array([-0.35, -0.45, 0.82])
"""Direction towards the light, for shading."""
AMBIENT, DIFFUSE = 0.5, 0.5
SHADOW = 0.65
"""How much of the light a drop shadow takes away."""
ON_OBJECTS = 0.4
"""Share of that on anything but the table, so that colours stay readable under the tool."""
SOFT_EDGE = 0.008
"""Width of a shadow's rim, metres: about a pixel at 64², so that small moves show."""


@dataclass(frozen=True)
class ShadowCaster:
    """A disc that darkens what lies straight below it."""

    center: NDArray[np.float64]
    """``(3,)`` metres; z is the height of its underside."""
    radius: float
    """Meters."""
    spares: int = -1
    """A geom it never darkens: the object that hangs on the tool keeps its colour."""


def shade(
    hits: Hits, palette: NDArray[np.float32], casters: Sequence[ShadowCaster]
) -> NDArray[np.float32]:
    """Colour of every pixel, ``float32 (pixel, 3)`` in [0, 1].

    Shadows fall straight down whatever the shading light: that makes the shadow of the tool
    mark its place over the table, and its distance from the tool mark the height. One view
    alone could not tell a move upwards from a move backwards.

    Args:
        hits: what each ray met.
        palette: colour per geom and, last, of the background, ``(geom + 1, 3)``.
        casters: what throws a shadow.
    """
    light = AMBIENT + DIFFUSE * np.maximum(hits.normals @ LIGHT, 0.0)
    for caster in casters:
        light *= 1.0 - SHADOW * _coverage(hits, caster)
    light = np.where(hits.geoms < 0, 1.0, light).astype(np.float32)
    return np.asarray(palette[hits.geoms] * light[:, None])


def _coverage(hits: Hits, caster: ShadowCaster) -> NDArray[np.float64]:
    """Share of each point that lies in the shadow, ``(pixel,)`` in [0, 1]."""
    points = hits.points
    across, along = points[:, 0] - caster.center[0], points[:, 1] - caster.center[1]
    distance = np.sqrt(across * across + along * along)
    inside = np.clip((caster.radius - distance) / SOFT_EDGE + 0.5, 0.0, 1.0)
    below = (points[:, 2] < caster.center[2] - 0.004) & (hits.geoms != caster.spares)
    depth = np.where(hits.geoms == TABLE_GEOM, 1.0, ON_OBJECTS)
    return np.asarray(inside * below * depth)
