"""What trained, for the record of a checkpoint: how many parameters of which module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from torch import nn


def trained_parameters(
    named: Iterable[tuple[str, nn.Parameter]], *, of: str = ""
) -> dict[str, int]:
    """Count the parameters that train, by the name of the module that holds them.

    Args:
        named: names and parameters, as `torch.nn.Module.named_parameters` gives them.
        of: a module whose parts are counted one by one instead of all together.

    Returns:
        Top-level module (or ``of.part``) -> numbers in its tensors that train, sharded ones whole.
    """
    counts: Counter[str] = Counter()
    for name, parameter in named:
        if parameter.requires_grad:
            outer, *inner = name.split(".")
            counts[f"{outer}.{inner[0]}" if outer == of else outer] += parameter.numel()
    return dict(sorted(counts.items()))
