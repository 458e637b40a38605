"""The cells of a study, in the order of its lists, and those of them that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from lapa.params.study import OnlyParams, StudyParams
from lapa.records import CellKey
from lapa.refused import RefusedError, alternatives

ALL = "all"
"""The budget of all labelled episodes, in a cell's name and on the command line."""
Where = Mapping[str, tuple[str, ...]]
"""Field of the key -> values that are wanted, as text."""


def cells_of(params: StudyParams) -> list[CellKey]:
    """Every cell of the grid; the first of its lists varies slowest."""
    keys = (
        CellKey(setting=setting, arm=arm, variant=variant, budget=budget, seed=seed, subset=subset)
        for setting, variant, seed, arm, budget, subset in product(
            params.settings,
            params.variants,
            params.seeds,
            params.chosen,
            params.budgets,
            params.subsets,
        )
    )
    return [key for key in keys if all(_leaves(entry, key) for entry in params.only)]


def where_of(text: str) -> Where:
    """Read ``setting=in_domain,arm=lapa+scratch``; several values are joined by plus signs.

    Raises:
        RefusedError: a part is no ``name=value``, or names nothing that a cell has.
    """
    wanted = {}
    for part in filter(None, text.split(",")):
        name, equals, values = (piece.strip() for piece in part.partition("="))
        if not equals or not values:
            raise RefusedError(
                f"{part!r} is no name=value, e.g. setting=in_domain,arm=lapa+scratch"
            )
        if name not in CellKey.model_fields:
            raise RefusedError(f"cells have no {name!r}{alternatives(name, CellKey.model_fields)}")
        wanted[name] = tuple(values.split("+"))
    return wanted


def matching(cells: Iterable[CellKey], where: Where) -> list[CellKey]:
    """The cells that have one of the wanted values in every field named.

    Raises:
        RefusedError: no cell has.
    """
    known = list(cells)
    for name, values in where.items():
        there = dict.fromkeys(text_of(key, name) for key in known)
        for value in values:
            if value not in there:
                raise RefusedError(
                    f"no cell of this study has {name}={value}{alternatives(value, there)}"
                )
    matched = [key for key in known if all(text_of(key, name) in where[name] for name in where)]
    if not matched:
        shown = ",".join(f"{name}={'+'.join(values)}" for name, values in where.items())
        have = "; ".join(
            f"{name}: {', '.join(dict.fromkeys(text_of(key, name) for key in known))}"
            for name in where
        )
        raise RefusedError(f"no cell of this study has {shown or 'anything'}. There are {have}")
    return matched


def _leaves(entry: OnlyParams, key: CellKey) -> bool:
    """Whether a restriction leaves the cell in."""
    concerned = (
        (key.setting, entry.settings),
        (key.arm, entry.arms),
        (key.variant, entry.variants),
        (key.budget, entry.at_budgets),
    )
    if any(named is not None and value not in named for value, named in concerned):
        return True
    values = ((key.budget, entry.budgets), (key.seed, entry.seeds), (key.subset, entry.subsets))
    return all(allowed is None or value in allowed for value, allowed in values)


def text_of(key: CellKey, name: str) -> str:
    """A field of the key in words: `ALL` episodes for a budget that is None."""
    value = getattr(key, name)
    return ALL if value is None else str(value)
