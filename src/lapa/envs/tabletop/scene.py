"""The MuJoCo model of a tabletop: table, free objects, a tool that follows a target, suction welds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import mujoco
import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.embodiments import EMBODIMENTS, Rgb
from lapa.params.envs import ColorName, ShapeName, TableName

TABLE_HALF = 0.26
"""Half the side of the table, metres; its top is z = 0."""
HALF = 0.028
"""Half the side of a cube; radius and half the height of a cylinder, metres."""
SUCTION_GAP = 0.002
"""Between the tool tip and the top of the object it holds, metres."""
TABLE_GEOM = 0
"""The table is the first geom of the model."""
PHYSICS_STEP_S = 0.005
SHAPES: tuple[ShapeName, ...] = ("cube", "cylinder")
COLORS: dict[ColorName, Rgb] = {
    "red": (0.86, 0.10, 0.10),
    "green": (0.10, 0.62, 0.16),
    "blue": (0.10, 0.22, 0.90),
    "yellow": (0.96, 0.82, 0.05),
    "purple": (0.62, 0.16, 0.72),
}
TABLES: dict[TableName, tuple[Rgb, Rgb]] = {
    "light": ((0.66, 0.68, 0.70), (0.22, 0.25, 0.28)),
    "dark": ((0.20, 0.22, 0.26), (0.62, 0.58, 0.52)),
    "wood": ((0.58, 0.44, 0.30), (0.80, 0.82, 0.84)),
}
"""Colours of table and background."""

_GEOMS = {
    "cube": f'type="box" size="{HALF} {HALF} {HALF}"',
    "cylinder": f'type="cylinder" size="{HALF} {HALF}"',
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A compiled model and the addresses the environment needs; never written to, so shared."""

    model: mujoco.MjModel
    object_qpos: tuple[int, ...]
    """Address of each object's free joint (7 numbers: position, quaternion)."""
    object_geoms: tuple[int, ...]
    part_geoms: tuple[int, ...]
    """The tool's drawn geoms, in the order of its embodiment."""
    closing: NDArray[np.float64]
    """How far each part moves when suction is on, ``(part, 3)`` metres."""
    palette: NDArray[np.float32]
    """Colour per geom and, last, of the background: ``(geom + 1, 3)`` in [0, 1]; those of table, background and
    objects are set when a picture is drawn."""


def _object(index: int, shape: str) -> str:
    return (
        f'<body name="object{index}"><freejoint/>'
        f'<geom name="object{index}" {_GEOMS[shape]} mass=".05" friction="1 .01 .001"/></body>'
    )


def scene_xml(embodiment: str, shapes: tuple[str, ...]) -> str:
    """MJCF of a tabletop with one object per entry of ``shapes``."""
    parts = "".join(part.mjcf(f"part{i}") for i, part in enumerate(EMBODIMENTS[embodiment]))
    objects = "".join(_object(i, shape) for i, shape in enumerate(shapes))
    suction = "".join(
        f'<weld name="suction{i}" body1="tool" body2="object{i}" active="false" '
        f'relpose="0 0 {-HALF - SUCTION_GAP} 1 0 0 0" solref=".02 1"/>'
        for i in range(len(shapes))
    )
    return f"""
<mujoco>
  <option timestep="{PHYSICS_STEP_S}" integrator="implicitfast"/>
  <worldbody>
    <geom name="table" type="box" size="{TABLE_HALF} {TABLE_HALF} .02" pos="0 0 -.02"/>
    <body name="target" mocap="true"/>
    <body name="tool" gravcomp="1"><freejoint/>
      <geom name="tip" type="cylinder" size=".016 .03" pos="0 0 .03" mass=".3"/>
      {parts}
    </body>
    {objects}
  </worldbody>
  <equality>
    <weld name="follow" body1="target" body2="tool" relpose="0 0 0 1 0 0 0" solref=".012 1"/>
    {suction}
  </equality>
</mujoco>"""


@lru_cache(maxsize=64)
def compile_scene(embodiment: str, shapes: tuple[str, ...]) -> Scene:
    """Compile (once per process) the scene of ``embodiment`` with objects of these ``shapes``."""
    model = mujoco.MjModel.from_xml_string(scene_xml(embodiment, shapes))
    parts = EMBODIMENTS[embodiment]
    part_geoms = tuple(int(model.geom(f"part{i}").id) for i in range(len(parts)))
    palette = np.zeros((model.ngeom + 1, 3), dtype=np.float32)
    palette[model.geom("tip").id] = (0.35, 0.35, 0.38)
    for geom, part in zip(part_geoms, parts, strict=True):
        palette[geom] = part.color
    bodies = [model.body(f"object{i}") for i in range(len(shapes))]
    return Scene(
        model=model,
        object_qpos=tuple(int(model.jnt_qposadr[body.jntadr[0]]) for body in bodies),
        object_geoms=tuple(int(body.geomadr[0]) for body in bodies),
        part_geoms=part_geoms,
        closing=np.array([part.closing for part in parts]),
        palette=palette,
    )
