"""What was done to tensors without data, in order, and what of it the wanted ones depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from torch import Tensor, nn

GENERATOR: Final = -1
"""Stands for torch's global generator among the storages: random numbers read and change it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One operation; storages are named by `key_of`."""

    run: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    made: tuple[Tensor | None, ...] = ()
    """The results, without data; None for those that lie in a storage that was given."""
    reads: frozenset[int] = frozenset()
    changes: frozenset[int] = frozenset()
    """What it holds afterwards depends on what it held."""
    overwrites: frozenset[int] = frozenset()
    """What it holds afterwards does not."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A step that matters."""

    step: Step
    finished: tuple[int, ...]
    """Wanted storages that nothing touches afterwards."""
    released: tuple[int, ...]
    """Other storages whose content nobody reads afterwards."""


class Recipe:
    """Steps in the order in which they were done."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def plan(self, wanted: Iterable[int]) -> list[Planned]:
        """The steps that the wanted storages and the generator depend on, in order.

        Backwards from the end (liveness): what is overwritten before anybody reads it is left out, unless random
        numbers are drawn for it, which move the generator on.

        Raises:
            RuntimeError: a step reads what no step wrote, such as a list of Python that became a tensor.
        """
        self._require_written()
        unfinished = set(wanted)
        alive = {*unfinished, GENERATOR}
        planned = []
        for step in reversed(self.steps):
            if not (step.changes | step.overwrites) & alive:
                continue
            touched = step.reads | step.changes | step.overwrites
            finished, released = touched & unfinished, touched - alive
            planned.append(Planned(step=step, finished=tuple(finished), released=tuple(released)))
            unfinished -= finished
            alive = (alive - step.overwrites) | step.reads | step.changes
        return planned[::-1]

    def _require_written(self) -> None:
        written = {GENERATOR}
        for step in self.steps:
            if not step.reads <= written:
                raise RuntimeError(
                    f"{step.run} reads a tensor without data that nothing wrote, expected one made by "
                    "operations of torch; a list of Python is lost where it meets such a tensor, as in "
                    "weight[[0, 2]]: make a tensor of it first, or build the model with `shard: false`"
                )
            written |= step.changes | step.overwrites


_RECIPES: WeakKeyDictionary[nn.Module, Recipe] = WeakKeyDictionary()


def key_of(tensor: Tensor) -> int:
    """Names the storage of a tensor, as long as somebody holds it; views share it."""
    return int(tensor.untyped_storage()._cdata)


def keep_recipe(model: nn.Module, recipe: Recipe) -> None:
    """Remember how the weights of a model come about."""
    _RECIPES[model] = recipe


def recipe_of(model: nn.Module) -> Recipe | None:
    """What `keep_recipe` remembers; None for a model that has its weights."""
    return _RECIPES.get(model)
