"""How an episode went, in a few words: what the tool touched, took, moved and lost on its way."""

from __future__ import annotations

import numpy as np

from lapa.envs.base import SUCCESS
from lapa.envs.tabletop.scene import HALF
from lapa.envs.tabletop.tasks import REACH_RADIUS, Goal, Situation, is_done, up

MOVED = 0.005
"""Metres from where it lay after which an object counts as moved: physics at rest shifts it less."""

ENDINGS = (
    SUCCESS,
    "never touched anything",
    "touched a wrong object",
    "took a wrong object",
    "brushed against it",
    "touched it and never took it",
    "held it too low",
    "touched and lost it",
    "still held it",
    "left it in a wrong place",
)
"""All that `ending` says. "It" is the object that the task is about."""


class Contacts:
    """What has happened to the objects of a scene since the episode began."""

    def __init__(self, start: Situation) -> None:
        """Begin with everything where it lies.

        Args:
            start: before the first action.
        """
        self._start = start.objects
        self.touched: set[int] = set()
        """Objects that the tip was as near to as task reach asks, or that were moved."""
        self.moved: set[int] = set()
        self.held: set[int] = set()
        self.see(start)

    def see(self, now: Situation) -> None:
        """Take note of the situation after a control step."""
        near = np.linalg.norm(now.objects + up(HALF) - now.tool, axis=1) < REACH_RADIUS
        moved = np.linalg.norm(now.objects - self._start, axis=1) > MOVED
        self.moved |= {int(index) for index in np.flatnonzero(moved)}
        self.touched |= {int(index) for index in np.flatnonzero(near | moved)}
        if now.held is not None:
            self.held.add(now.held)
            self.touched.add(now.held)


def ending(goal: Goal, now: Situation, contacts: Contacts) -> str:
    """One of `ENDINGS`."""
    if is_done(goal, now):
        return SUCCESS
    if goal.object in contacts.touched:
        return _after_touching(goal, now, contacts)
    if contacts.held:
        return "took a wrong object"
    return "touched a wrong object" if contacts.touched else "never touched anything"


def _after_touching(goal: Goal, now: Situation, contacts: Contacts) -> str:
    if now.held == goal.object:
        return "held it too low" if goal.task == "lift" else "still held it"
    if goal.object in contacts.held:
        return "touched and lost it" if goal.task == "lift" else "left it in a wrong place"
    if goal.task == "push" and goal.object in contacts.moved:
        return "left it in a wrong place"
    if contacts.held:
        return "took a wrong object"
    return (
        "brushed against it" if goal.task in ("reach", "push") else "touched it and never took it"
    )
