"""The scripted expert: an action from what can be seen, without memory.

A policy that sees one picture can imitate it only if it keeps no hidden phase: here each phase
follows from the positions of tool and objects. "Held" is an object hanging at the tip.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.scene import HALF, SUCTION_GAP
from lapa.envs.tabletop.tasks import BESIDE, SIDE_X, Goal, Situation, side_sign, up

Array = NDArray[np.float64]

METERS_PER_UNIT = 0.03
"""How far action 1 moves the tool in one control step."""
TRAVEL = 0.14
"""Height of the tip when it carries an object over others, metres."""
ON, OFF = 1.0, -1.0


def expert(goal: Goal, now: Situation) -> NDArray[np.float32]:
    """Action ``float32 (4,)`` in [-1, 1]: dx, dy, dz and suction."""
    waypoint, suction = _PLANS[goal.task](goal, now)
    step = np.clip((waypoint - now.tool) / METERS_PER_UNIT, -1.0, 1.0)
    return np.array([*step, suction], dtype=np.float32)


def _hangs(now: Situation, index: int) -> bool:
    """Whether the object sits at the tip, as one that is held does."""
    hanging = now.tool - (0.0, 0.0, HALF + SUCTION_GAP)
    return bool(np.linalg.norm(now.objects[index] - hanging) < 0.012)


def _funnel(point: Array, now: Situation, *, slope: float = 1.0, rim: float = 0.06) -> Array:
    """Come down to ``point`` along a funnel: the further away sideways, the higher."""
    away = float(np.linalg.norm(now.tool[:2] - point[:2]))
    return point + up(min(rim, slope * max(0.0, away - 0.008)))


def _rise_first(waypoint: Array, now: Situation) -> Array:
    """Slow down sideways while below the waypoint's height, so as not to brush against objects."""
    speed = float(np.clip(1.0 - (waypoint[2] - now.tool[2] - 0.02) / 0.03, 0.0, 1.0))
    x, y = now.tool[:2] + speed * (waypoint[:2] - now.tool[:2])
    return np.array([x, y, waypoint[2]])


def _top(now: Situation, index: int) -> Array:
    return np.asarray(now.objects[index] + up(HALF + SUCTION_GAP))


def _reach(goal: Goal, now: Situation) -> tuple[Array, float]:
    return _funnel(_top(now, goal.object) + up(0.005), now), OFF


def _lift(goal: Goal, now: Situation) -> tuple[Array, float]:
    if _hangs(now, goal.object):
        return now.tool + up(METERS_PER_UNIT), ON
    return _funnel(_top(now, goal.object), now), ON


def _carry(goal: Goal, now: Situation, place: Array) -> tuple[Array, float]:
    """Bring the object to ``place`` (its centre there) and let go."""
    offset = now.objects[goal.object] - place
    if np.linalg.norm(offset[:2]) < 0.016 and offset[2] < 0.008:
        return now.tool + up(METERS_PER_UNIT), OFF
    if not _hangs(now, goal.object):
        return _rise_first(_funnel(_top(now, goal.object), now), now), ON
    tip = place + up(HALF + SUCTION_GAP - 0.002)
    return _rise_first(_funnel(tip, now, slope=6.0, rim=max(0.0, TRAVEL - tip[2])), now), ON


def _stack(goal: Goal, now: Situation) -> tuple[Array, float]:
    return _carry(goal, now, now.objects[goal.other] + up(2 * HALF))


def _side(goal: Goal, now: Situation) -> tuple[Array, float]:
    sign = side_sign(goal.side)
    x, y, _ = now.objects[goal.object]
    return _carry(goal, now, np.array([sign * max(SIDE_X + 0.03, sign * x), y, HALF]))


def _push(goal: Goal, now: Situation) -> tuple[Array, float]:
    pushed, other = now.objects[goal.object], now.objects[goal.other]
    gap = float(np.linalg.norm((other - pushed)[:2]))
    if gap < BESIDE - 0.005:
        return now.tool + up(METERS_PER_UNIT), OFF
    way = (other - pushed)[:2] / gap
    behind = pushed[:2] - 0.066 * way
    low = 0.02
    offset = now.tool[:2] - pushed[:2]
    along = float(offset @ way)
    aside = offset - along * way
    if now.tool[2] < 0.045 and -0.10 < along < 0.0 and np.linalg.norm(aside) < 0.02:
        return np.append(now.tool[:2] + 0.025 * way - aside, low), OFF
    point = np.append(behind, low)
    return _rise_first(_funnel(point, now, slope=4.0, rim=0.09), now), OFF


_PLANS = {"reach": _reach, "lift": _lift, "push": _push, "stack": _stack, "side": _side}
