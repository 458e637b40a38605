"""The draw of an episode: which objects lie where, where the tool starts, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.envs.tabletop.scene import SHAPES
from lapa.envs.tabletop.tasks import SIDE_X, Goal
from lapa.params.envs import ColorName, ShapeName

Array = NDArray[np.float64]

SPREAD = 0.16
"""Objects lie within ±this of the middle, metres."""
APART = 0.12
"""Smallest distance between the centres of two objects, metres."""
CORRIDOR = 0.07
"""Half the width of the way a pushed object needs free, metres."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The start of an episode."""

    colors: tuple[ColorName, ...]
    shapes: tuple[ShapeName, ...]
    places: Array
    """``(object, 2)`` metres."""
    yaws: Array
    """``(object,)`` radians."""
    tool: Array
    """Tip of the tool, ``(3,)`` metres."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a person would call each object, e.g. `red cube`."""
        return tuple(f"{c} {s}" for c, s in zip(self.colors, self.shapes, strict=True))


def draw_layout(
    colors: tuple[ColorName, ...], num_objects: int, generator: np.random.Generator
) -> Layout:
    """Draw objects of distinct colours at least `APART` from each other, and the tool above them."""
    chosen = generator.permutation(len(colors))[:num_objects]
    shapes = generator.integers(len(SHAPES), size=num_objects)
    return Layout(
        colors=tuple(colors[i] for i in chosen),
        shapes=tuple(SHAPES[i] for i in shapes),
        places=_places(num_objects, generator),
        yaws=generator.uniform(-np.pi / 4, np.pi / 4, num_objects),
        tool=np.append(generator.uniform(-0.14, 0.14, 2), generator.uniform(0.12, 0.18)),
    )


def _places(count: int, generator: np.random.Generator) -> Array:
    """Points in the square, all `APART`; redrawn together until they fit (a few tries)."""
    while True:
        points = generator.uniform(-SPREAD, SPREAD, (count, 2))
        gaps = np.linalg.norm(points[:, None] - points[None], axis=-1) + np.eye(count)
        if gaps.min() >= APART:
            return points


def draw_goal(task: str, layout: Layout, generator: np.random.Generator) -> Goal:
    """Draw the objects (and side) that ``task`` speaks of; never one that is done already."""
    count = len(layout.shapes)
    if task in ("reach", "lift"):
        return Goal(task=task, object=int(generator.integers(count)))
    if task == "side":
        chosen = int(generator.integers(count))
        sides = [
            s
            for s, sign in (("left", -1), ("right", 1))
            if sign * layout.places[chosen, 0] < SIDE_X
        ]
        return Goal(task=task, object=chosen, side=sides[int(generator.integers(len(sides)))])
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    order = [pairs[i] for i in generator.permutation(len(pairs))]
    if task == "push":
        order.sort(key=lambda pair: min(_clearance(layout.places, *pair), CORRIDOR), reverse=True)
    return Goal(task=task, object=order[0][0], other=order[0][1])


def _clearance(places: Array, first: int, second: int) -> float:
    """Distance of the nearest third object from the way of ``first`` (and the tool behind) to ``second``."""
    way = places[second] - places[first]
    length = float(np.linalg.norm(way))
    start = places[first] - way / length * 0.07
    others = np.delete(places, [first, second], axis=0)
    along = np.clip((others - start) @ way / length, 0.0, length + 0.07)
    return float(
        np.linalg.norm(others - start - along[:, None] * way / length, axis=1).min(initial=1.0)
    )
