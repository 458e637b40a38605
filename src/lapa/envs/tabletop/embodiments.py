"""What moves on the tabletop: a gripper or a hand, as geoms around one point, the tool tip.

Everything here is looks, except the tip stick that both share. Fingers are drawn closed
while suction is on, so that the picture shows the fourth action.
"""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[float, float, float]

_DRAWN_ONLY = 'contype="4" conaffinity="0" mass="0"'
"""mj_multiRay skips geoms without any collision bit; bit 4 meets nothing."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One drawn geom of the tool."""

    shape: str
    """MJCF attributes of the geom: type, size, position or end points (metres)."""
    colour: Rgb
    closing: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How far it moves when suction is on, metres."""

    def mjcf(self, name: str) -> str:
        """The geom as MJCF."""
        return f'<geom name="{name}" {self.shape} {_DRAWN_ONLY}/>'


_WHITE: Rgb = (0.96, 0.96, 0.94)
_BLACK: Rgb = (0.10, 0.10, 0.12)
_SKIN: Rgb = (0.93, 0.66, 0.50)
_SLEEVE: Rgb = (0.30, 0.24, 0.36)

EMBODIMENTS: dict[str, tuple[Part, ...]] = {
    "gripper": (
        Part(shape='type="box" size=".040 .026 .020" pos="0 0 .072"', colour=_WHITE),
        Part(shape='type="cylinder" size=".016 .025" pos="0 0 .115"', colour=_BLACK),
        Part(
            shape='type="box" size=".007 .016 .045" pos=".052 0 .025"',
            colour=_BLACK,
            closing=(-0.016, 0.0, 0.0),
        ),
        Part(
            shape='type="box" size=".007 .016 .045" pos="-.052 0 .025"',
            colour=_BLACK,
            closing=(0.016, 0.0, 0.0),
        ),
    ),
    "hand": (
        Part(shape='type="ellipsoid" size=".036 .044 .020" pos="0 .006 .058"', colour=_SKIN),
        Part(
            shape='type="capsule" size=".024" fromto="0 .03 .075 .02 .11 .16"',
            colour=_SLEEVE,
        ),
        Part(
            shape='type="capsule" size=".0095" fromto=".022 -.035 .05 .026 -.058 -.005"',
            colour=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        Part(
            shape='type="capsule" size=".0095" fromto="0 -.040 .05 0 -.064 -.010"',
            colour=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        Part(
            shape='type="capsule" size=".0095" fromto="-.022 -.035 .05 -.026 -.058 -.005"',
            colour=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        Part(
            shape='type="capsule" size=".011" fromto="-.032 .01 .05 -.058 .0 .0"',
            colour=_SKIN,
            closing=(0.018, 0.0, 0.0),
        ),
    ),
}
"""Parts of each embodiment, about the tool tip at the origin, pointing down."""
