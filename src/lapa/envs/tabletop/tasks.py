"""The five tasks: what each asks of which objects, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.scene import HALF

Array = NDArray[np.float64]

REACH_RADIUS = 0.03
"""Metres between tool tip and the top of an object that count as touching it."""
LIFT_HEIGHT = 0.05
"""Metres an object must be held above the table."""
BESIDE = 0.085
"""Metres between the centres of two objects that count as side by side (touching: .056 to .079)."""
SIDE_X = 0.13
"""Metres from the middle at which the left and right side of the table begin."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One task on one scene: indices into the scene's objects."""

    task: str
    object: int
    other: int = -1
    """The second object of push and stack; -1 where there is none."""
    side: str = ""
    """`left` or `right`, as seen from the front, for task side."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Where tool and objects are: all that tasks and the expert look at."""

    tool: Array
    """Tip of the tool, ``(3,)`` metres; read-only, like the others."""
    objects: Array
    """Centres, ``(object, 3)`` metres."""
    held: int | None
    """The object that hangs on the tool."""


def up(height: float) -> Array:
    """The vector that points up by ``height`` metres, ``(3,)``."""
    return np.array([0.0, 0.0, height])


def side_sign(side: str) -> int:
    """-1 for left, 1 for right."""
    return {"left": -1, "right": 1}[side]


def is_done(goal: Goal, now: Situation) -> bool:
    """Whether ``goal`` is reached."""
    return _CHECKS[goal.task](goal, now)


def _reach(goal: Goal, now: Situation) -> bool:
    top = now.objects[goal.object] + up(HALF)
    return bool(np.linalg.norm(now.tool - top) < REACH_RADIUS)


def _lift(goal: Goal, now: Situation) -> bool:
    return now.held == goal.object and bool(now.objects[goal.object, 2] - HALF > LIFT_HEIGHT)


def _on_table(now: Situation, index: int) -> bool:
    return now.held != index and abs(now.objects[index, 2] - HALF) < 0.01


def _push(goal: Goal, now: Situation) -> bool:
    apart = now.objects[goal.object, :2] - now.objects[goal.other, :2]
    down = _on_table(now, goal.object) and _on_table(now, goal.other)
    return down and bool(np.linalg.norm(apart) < BESIDE)


def _stack(goal: Goal, now: Situation) -> bool:
    offset = now.objects[goal.object] - now.objects[goal.other]
    resting = now.held != goal.object and abs(offset[2] - 2 * HALF) < 0.01
    return bool(resting and np.linalg.norm(offset[:2]) < HALF)


def _side(goal: Goal, now: Situation) -> bool:
    far = side_sign(goal.side) * now.objects[goal.object, 0] > SIDE_X
    return bool(far and _on_table(now, goal.object))


_CHECKS = {"reach": _reach, "lift": _lift, "push": _push, "stack": _stack, "side": _side}
TASKS = tuple(_CHECKS)
