"""What the camera sees: MuJoCo's own drawing, without the two things that make it slow."""

from __future__ import annotations

from functools import cache
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from lapa.envs.metaworld.gl import gl_context
from lapa.envs.metaworld.world import CAMERA, open_world

MOST_GEOMS = 1000
"""Shapes that a scene may have, as in `mujoco.Renderer`; MetaWorld's have some thirty."""


class View:
    """Draws any scene of one task, upright as LeRobot shows it."""

    def __init__(self, task: str, *, size: int, field_of_view: float) -> None:
        gl_context()
        self._size = size
        self._model = _drawn_cheaply(open_world(task).model, size)
        self._model.camera(CAMERA).fovy = field_of_view
        self._scene = mujoco.MjvScene(self._model, MOST_GEOMS)
        # nothing shines, and looking for what does takes a third of the time
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        self._context = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_50.value)
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = self._model.camera(CAMERA).id
        self._options = mujoco.MjvOption()

    def draw(self, data: Any) -> NDArray[np.uint8]:
        """Draw what ``data`` (of this task) describes, ``uint8 (size, size, 3)`` RGB."""
        everything = mujoco.mjtCatBit.mjCAT_ALL.value
        mujoco.mjv_updateScene(
            self._model, data, self._options, None, self._camera, everything, self._scene
        )
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        whole = mujoco.MjrRect(0, 0, self._size, self._size)
        mujoco.mjr_render(whole, self._scene, self._context)
        pixels = np.empty((self._size, self._size, 3), np.uint8)
        mujoco.mjr_readPixels(pixels, None, whole, self._context)
        # OpenGL's rows go up; MetaWorld's camera stands on its head, so rows are right and columns are not
        return np.ascontiguousarray(pixels[:, ::-1])


@cache
def view_of(task: str, *, size: int, field_of_view: float) -> View:
    """The view of ``task`` that all episodes of a process share: to make one takes as long as 40 pictures."""
    return View(task, size=size, field_of_view=field_of_view)


def _drawn_cheaply(model: Any, size: int) -> Any:
    """Without shadows (a map of 4096 pixels squared) and multisampling, which take nine tenths of the time."""
    model.vis.quality.shadowsize = 0
    model.vis.quality.offsamples = 0
    model.vis.global_.offwidth = model.vis.global_.offheight = size
    return model
