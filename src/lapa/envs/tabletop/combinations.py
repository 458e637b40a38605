"""Pairs of colour and shape that are held out of training, and scenes with or without them.

A scene keeps its places, and whom it asks for, whatever is held out: only shapes change, and two colours where
the object that is asked for has none of the held-out ones. So scenes of one seed stay paired.
"""

from __future__ import annotations

from dataclasses import replace

from lapa.envs.tabletop.layout import Layout
from lapa.envs.tabletop.scene import SHAPES
from lapa.params.envs import UNSEEN_PAIRS, ColorName, Part, ShapeName


def with_combinations(
    layout: Layout, asked: int, part: Part, known: tuple[ColorName, ...]
) -> Layout:
    """The scene with objects of this part of all pairs.

    Args:
        layout: as it was drawn of all pairs.
        asked: index of the object that the task is about.
        part: ``all`` leaves the scene as it is.
        known: colours that a scene may have; for ``unseen`` one of them is in `UNSEEN_PAIRS`.
    """
    if part == "all":
        return layout
    colors = layout.colors if part == "seen" else _asked_held_out(layout.colors, asked, known)
    shapes = [_seen_shape(c, s) for c, s in zip(colors, layout.shapes, strict=True)]
    if part == "unseen":
        shapes[asked] = UNSEEN_PAIRS[colors[asked]]
    return replace(layout, colors=colors, shapes=tuple(shapes))


def _seen_shape(color: ColorName, shape: ShapeName) -> ShapeName:
    """The shape, or another one where this colour never has it in training."""
    if UNSEEN_PAIRS.get(color) != shape:
        return shape
    return next(other for other in SHAPES if other != shape)


def _asked_held_out(
    colors: tuple[ColorName, ...], asked: int, known: tuple[ColorName, ...]
) -> tuple[ColorName, ...]:
    """The colours, with one at ``asked`` of which a pair is held out; whoever had it gets the one before."""
    before = colors[asked]
    if before in UNSEEN_PAIRS:
        return colors
    color = next(c for c in (*colors, *known) if c in UNSEEN_PAIRS)
    swapped = {before: color, color: before}
    return tuple(swapped.get(c, c) for c in colors)
