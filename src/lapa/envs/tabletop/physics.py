"""One episode's physics: put things in place, move the tool, switch suction, read positions."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.layout import Layout
from lapa.envs.tabletop.scene import HALF, Scene
from lapa.envs.tabletop.tasks import Situation, up

Array = NDArray[np.float64]

WORKSPACE_LOW = np.array([-0.22, -0.22, 0.015])
WORKSPACE_HIGH = np.array([0.22, 0.22, 0.20])
"""Where the tip may go, metres."""
SUCTION_RADIUS = 0.03
"""Metres between tip and the top of an object within which suction takes hold."""
SHARES, STEPS_PER_SHARE = (0.35, 0.7, 1.0, 1.0), 5
"""20 physics steps of 5 ms per control step. The target goes there in three moves, and the
tool settles: it stands still in every picture, so that no hidden speed decides what comes next."""
_TOOL_QPOS = 0
_FOLLOW = 0
"""The tool's free joint and weld come first in the model."""


class Physics:
    """A MuJoCo state on a shared, never written model."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.data = mujoco.MjData(scene.model)
        self.held: int | None = None
        self._situation: Situation | None = None

    def place(self, layout: Layout) -> None:
        """Start an episode with everything at rest where ``layout`` says."""
        data = self.data
        mujoco.mj_resetData(self.scene.model, data)
        self.held, self._situation = None, None
        data.qpos[_TOOL_QPOS : _TOOL_QPOS + 3] = layout.tool
        data.mocap_pos[0] = layout.tool
        for address, place, yaw in zip(
            self.scene.object_qpos, layout.places, layout.yaws, strict=True
        ):
            data.qpos[address : address + 7] = (
                *place, HALF, np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2),
            )  # fmt: skip
        mujoco.mj_forward(self.scene.model, data)

    def move(self, step: Array, *, suction: bool) -> None:
        """Move the tool by ``step`` ``(3,)`` metres in one control step."""
        data, model = self.data, self.scene.model
        start = self.situation().tool
        goal = np.clip(start + step, WORKSPACE_LOW, WORKSPACE_HIGH)
        for share in SHARES:
            self._switch(suction)
            data.mocap_pos[0] = start + (goal - start) * share
            mujoco.mj_step(model, data, STEPS_PER_SHARE)
            self._situation = None
        mujoco.mj_kinematics(model, data)

    def situation(self) -> Situation:
        """Where tool and objects are now; read once per state, for much looks at it."""
        if self._situation is None:
            qpos = self.data.qpos
            objects = np.stack([qpos[a : a + 3] for a in self.scene.object_qpos])
            tool = qpos[_TOOL_QPOS : _TOOL_QPOS + 3].copy()
            for positions in (tool, objects):
                positions.flags.writeable = False
            self._situation = Situation(tool=tool, objects=objects, held=self.held)
        return self._situation

    def _switch(self, suction: bool) -> None:
        if not suction:
            self.data.eq_active[_FOLLOW + 1 :] = 0
            self._hold(None)
        elif self.held is None:
            now = self.situation()
            tops = now.objects + up(HALF)
            distances = np.linalg.norm(tops - now.tool, axis=1)
            nearest = int(distances.argmin())
            if distances[nearest] < SUCTION_RADIUS:
                self.data.eq_active[_FOLLOW + 1 + nearest] = 1
                self._hold(nearest)

    def _hold(self, index: int | None) -> None:
        if index != self.held:
            self.held, self._situation = index, None
