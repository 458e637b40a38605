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
class ToolPart:
    """One drawn geom of the tool."""

    shape: str
    """MJCF attributes of the geom: type, size, position or end points (metres)."""
    color: Rgb
    closing: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How far it moves when suction is on, metres."""

    def mjcf(self, name: str) -> str:
        """The geom as MJCF."""
        return f'<geom name="{name}" {self.shape} {_DRAWN_ONLY}/>'


_WHITE: Rgb = (0.95, 0.95, 0.93)
_LIGHT_GRAY: Rgb = (0.80, 0.80, 0.82)
_SKIN: Rgb = (0.93, 0.66, 0.50)
_SLEEVE: Rgb = (0.30, 0.24, 0.36)

# The gripper is one pale bulk, wider than it moves in a control step. Thin dark parts would make
# blurring the tool nearly as good a prediction as moving it, and pixels would teach little of motion.
EMBODIMENTS: dict[str, tuple[ToolPart, ...]] = {
    "gripper": (
        ToolPart(shape='type="box" size=".040 .036 .024" pos="0 0 .070"', color=_WHITE),
        ToolPart(shape='type="cylinder" size=".026 .022" pos="0 0 .112"', color=_WHITE),
        ToolPart(
            shape='type="box" size=".012 .024 .030" pos=".044 0 .022"',
            color=_LIGHT_GRAY,
            closing=(-0.018, 0.0, 0.0),
        ),
        ToolPart(
            shape='type="box" size=".012 .024 .030" pos="-.044 0 .022"',
            color=_LIGHT_GRAY,
            closing=(0.018, 0.0, 0.0),
        ),
    ),
    "hand": (
        ToolPart(shape='type="ellipsoid" size=".036 .044 .020" pos="0 .006 .058"', color=_SKIN),
        ToolPart(
            shape='type="capsule" size=".024" fromto="0 .03 .075 .02 .11 .16"',
            color=_SLEEVE,
        ),
        ToolPart(
            shape='type="capsule" size=".0095" fromto=".022 -.035 .05 .026 -.058 -.005"',
            color=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        ToolPart(
            shape='type="capsule" size=".0095" fromto="0 -.040 .05 0 -.064 -.010"',
            color=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        ToolPart(
            shape='type="capsule" size=".0095" fromto="-.022 -.035 .05 -.026 -.058 -.005"',
            color=_SKIN,
            closing=(0.0, 0.022, 0.0),
        ),
        ToolPart(
            shape='type="capsule" size=".011" fromto="-.032 .01 .05 -.058 .0 .0"',
            color=_SKIN,
            closing=(0.018, 0.0, 0.0),
        ),
    ),
}
"""ToolParts of each embodiment, about the tool tip at the origin, pointing down."""
