"""Give a model that was built without data its weights: of a sharded one, every process its own part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

from lapa.training.common.meta_build.recipe import Recipe, key_of
from lapa.training.common.meta_build.replay import in_storage, replay


def tensors_of(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by name, those that are no part of the state included."""
    named: dict[str, Tensor] = dict(model.named_parameters(remove_duplicate=False))
    return named | dict(model.named_buffers(remove_duplicate=False))


def fill(
    model: nn.Module, recipe: Recipe, before: Mapping[str, Tensor], device: torch.device
) -> None:
    """Put data into every tensor that has none: the same as if the model had been built whole.

    Args:
        model: sharded or whole; names as in ``before``.
        recipe: how it was built.
        before: its tensors by name, as they were built.
        device: where the data belongs.

    Raises:
        RuntimeError: nothing noted how a tensor comes by its data.
    """
    sharded = tensors_of(model)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for name, tensor in before.items():
        if tensor.is_meta and name in sharded:
            names[key_of(tensor)].append(name)
    model._apply(lambda t: torch.empty_like(t, device=device) if t.is_meta else t)  # type: ignore[no-untyped-call]
    targets = tensors_of(model)
    for key, storage in replay(recipe, list(names)):
        for name in names.pop(key):
            _put(in_storage(before[name], storage), targets[name])
    if names:
        unknown = sorted(name for group in names.values() for name in group)
        raise RuntimeError(
            f"{len(unknown)} tensors have no data: {unknown[:8]}; expected their module to fill them by "
            "operations of torch when it is built. Build it with `shard: false`, or fill them so"
        )


@torch.no_grad()
def _put(whole: Tensor, target: Tensor) -> None:
    """Copy a tensor, or the part of it that this process holds; nothing travels."""
    if isinstance(target, DTensor):
        own = distribute_tensor(whole, target.device_mesh, target.placements, src_data_rank=None)
        target.to_local().copy_(own.to_local())
    else:
        target.copy_(whole)
