"""Do what a recipe says, and hand over each wanted storage as soon as it is finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, UntypedStorage
from torch.utils._pytree import tree_leaves, tree_map_only

from lapa.training.common.meta_build.recipe import Recipe, Step, key_of


def replay(recipe: Recipe, wanted: Iterable[int]) -> Iterator[tuple[int, UntypedStorage]]:
    """Every wanted storage with its data, on the CPU, as soon as nothing touches it any more.

    It is forgotten here when the next one is asked for, so memory holds one or few at a time. Random numbers
    come from torch's global generator, which ends where the building would have left it.
    """
    held: dict[int, UntypedStorage] = {}
    for planned in recipe.plan(wanted):
        _do(planned.step, held)
        for key in planned.released:
            held.pop(key, None)
        for key in planned.finished:
            yield key, held.pop(key)


def in_storage(like: Tensor, storage: UntypedStorage) -> Tensor:
    """The data of a tensor that has none."""
    empty = torch.empty(0, dtype=like.dtype)
    return empty.set_(storage, like.storage_offset(), like.shape, like.stride())


@torch.no_grad()
def _do(step: Step, held: dict[int, UntypedStorage]) -> None:
    def real(tensor: Tensor) -> Tensor:
        if not tensor.is_meta:
            return tensor
        key = key_of(tensor)
        if key not in held:
            held[key] = torch.empty(
                tensor.untyped_storage().nbytes(), dtype=torch.uint8
            ).untyped_storage()
        return in_storage(tensor, held[key])

    args, kwargs = tree_map_only(Tensor, real, (step.args, step.kwargs))
    result: Any = step.run(*args, **kwargs)
    leaves = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
    for made, tensor in zip(step.made, leaves, strict=False):
        if made is not None:
            whole = torch.empty_strided(made.shape, made.stride(), dtype=made.dtype)
            same = tensor.stride() == made.stride() and not tensor.storage_offset()
            held[key_of(made)] = (tensor if same else whole.copy_(tensor)).untyped_storage()
