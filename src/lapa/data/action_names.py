"""Names and units of action dimensions that every table, plot and metric can use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_UNSAFE = re.compile(r"[^\w\-.: ]", re.ASCII)
"""What MLflow takes for no part of a name; ``/`` separates the parts of ours."""


def described_actions(
    facts: Mapping[str, Any], action_dim: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names and units of a clip's action dimensions, one of each per dimension.

    Where the source names none, dimensions are numbered; an unknown unit is empty.

    Args:
        facts: the clip's json.
        action_dim: how many dimensions there are.
    """
    names, units = facts["action_names"], facts["action_units"]
    if len(names) != action_dim:
        names = [f"action_{i}" for i in range(action_dim)]
    if len(units) != action_dim:
        units = [""] * action_dim
    return safe_names(names), tuple(units)


def safe_names(names: Iterable[str]) -> tuple[str, ...]:
    """Make names distinct, not empty, and valid in a metric: ``arm/joint (rad)`` is ``arm_joint _rad_``."""
    cleaned = (_UNSAFE.sub("_", name).strip() or f"dimension_{i}" for i, name in enumerate(names))
    return distinct_names(cleaned)


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """Give repeated names a number: ``x, x`` becomes ``x, x_2``."""
    distinct: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in distinct:
            number += 1
            candidate = f"{name}_{number}"
        distinct.append(candidate)
    return tuple(distinct)
