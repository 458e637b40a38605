"""Where a model's weights come from; weights left random without permission are an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from torch import nn


class Origin(NamedTuple):
    """Where the weights of one module come from."""

    module: str
    kind: Literal["pretrained", "imported", "fresh"]
    """Published weights, weights of an earlier training here, or random numbers."""
    source: str
    """Folder or hub id; empty for fresh weights."""
    parameters: int
    fresh_weights: tuple[str, ...] = ()
    """Weights inside a pretrained module that its folder lacked and that were allowed to."""


def fresh(module_name: str, module: nn.Module) -> Origin:
    """Describe a randomly initialised module."""
    return Origin(module_name, "fresh", "", count_parameters(module))


def origins_of(model: nn.Module, known: Sequence[Origin]) -> tuple[Origin, ...]:
    """What is known; for a model that tells nothing, every module is fresh."""
    return tuple(known) or tuple(fresh(name, part) for name, part in model.named_children())


def count_parameters(module: nn.Module) -> int:
    """Number of scalars in the module's parameters."""
    return sum(parameter.numel() for parameter in module.parameters())


def initial_scale(hidden_size: int) -> float:
    """Standard deviation of fresh weights that keeps a signal's size at this width.

    The published 0.02 is right for widths of thousands; at 64 a layer's output would be six times
    smaller than its input.
    """
    return float(hidden_size**-0.5)


def require_complete(
    missing: Iterable[str], *, allowed: Sequence[str], module_name: str, source: str
) -> tuple[str, ...]:
    """Check the weights that a pretrained folder lacks.

    Args:
        missing: names of parameters that stayed random.
        allowed: beginnings of names that may.
        module_name: the module, for the message.
        source: the folder.

    Returns:
        The missing names, all of them allowed.

    Raises:
        ValueError: naming the weights that would stay random.
    """
    names = tuple(sorted(missing))
    unnamed = [name for name in names if not name.startswith(tuple(allowed))]
    if unnamed:
        raise ValueError(
            f"{source} lacks {len(unnamed)} weights of {module_name}: {unnamed[:8]}; they would stay "
            "random: point to the complete model, or name them in `allowed_fresh`"
        )
    return names


def initialization_table(origins: Sequence[Origin]) -> str:
    """Origins as a text table, one module per line."""
    rows = [("module", "weights", "parameters", "source")]
    rows += [(o.module, _kind(o), f"{o.parameters:,}", o.source) for o in origins]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _kind(origin: Origin) -> str:
    few = len(origin.fresh_weights)
    return f"{origin.kind} ({few} fresh)" if few else origin.kind
