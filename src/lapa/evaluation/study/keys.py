"""What the parts of a cell's key are called and how they are sorted."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.records import CellKey, CellResult

SEEN = "seen"
"""What the page calls the plain scenes, beside variants such as ``unseen_words``."""


def place_of(key: CellKey) -> tuple[str, str, str, int | None]:
    """Where a cell stands, but for its seed and subset."""
    return key.setting, key.arm, key.variant, key.budget


def scenes_of(criterion: str) -> str:
    """The kind of scenes of a criterion: `SEEN`, or the variant's name."""
    return criterion.partition("/")[2] or SEEN


def budget_order(budget: int | None) -> float:
    """A number to sort budgets by."""
    return float("inf") if budget is None else budget


def budget_words(budget: int | None) -> str:
    """A budget in words."""
    if budget is None:
        return "all labelled episodes"
    return f"{budget} labelled episode" + ("" if budget == 1 else "s")


def distinct_seeds(cells: Sequence[CellResult]) -> tuple[list[int], list[int]]:
    """Pretraining seeds and labelled subsets of some cells, ascending."""
    return sorted({c.key.seed for c in cells}), sorted({c.key.subset for c in cells})
