"""The space of a sweep as Optuna knows it, the points of its grid, and the points that show what it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from lapa.params.search_space import Dimension, Value
from lapa.refused import RefusedError
from lapa.studies.parameters import OF_CELL

Space = Mapping[str, Dimension]
KEYS = {"seed": "pretraining_seed"}
"""Field of a cell's key -> the key of a sweep that gives it, where the names differ."""


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """Dotted parameter -> how Optuna draws it."""
    return {name: _distribution(dimension) for name, dimension in space.items()}


def grid(space: Space) -> list[dict[str, Value]]:
    """Every combination of the choices; the last parameter varies fastest."""
    return [
        dict(zip(space, values, strict=True))
        for values in product(*(dimension.choices for dimension in space.values()))
    ]


def probes(space: Space) -> list[dict[str, Value]]:
    """Points in which every end of a range and every choice occurs: if none is refused, hardly any trial will be."""
    first = {name: dimension.ends[0] for name, dimension in space.items()}
    others = [
        {**first, name: value} for name, dimension in space.items() for value in dimension.ends[1:]
    ]
    return [first, *others]


def require_free(space: Space) -> None:
    """Refuse to search what a key of the file gives.

    Raises:
        RefusedError: naming parameter and key.
    """
    for name in space:
        if name in OF_CELL:
            field = OF_CELL[name]
            raise RefusedError(
                f"space has {name}, which the key {KEYS.get(field, field)} gives every trial: "
                "expected other parameters"
            )


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.choices:
        return CategoricalDistribution(dimension.choices)
    low, high, step = dimension.low or 0, dimension.high or 0, dimension.step
    if dimension.is_whole:
        return IntDistribution(int(low), int(high), log=dimension.log, step=int(step or 1))
    return FloatDistribution(float(low), float(high), log=dimension.log, step=step)
