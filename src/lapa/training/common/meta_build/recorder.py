"""Build a model without its weights, and note what would have been done to them.

``torch.device("meta")`` alone would lose it: transformers draws no weights there. Here code that builds sees
a CPU; only what it makes has no data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import init
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

from lapa.training.common.meta_build.recipe import GENERATOR, Recipe, Step, key_of

_NO_CONTENT: Final = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"}
_OVERWRITING: Final = {"normal_", "uniform_", "zero_", "fill_", "copy_"}
_TRUNCATED: Final = "_no_grad_trunc_normal_"
"""Draws again until all numbers are inside, so its steps depend on data: noted as a whole."""


@contextmanager
def without_data() -> Iterator[Recipe]:
    """Whatever is made inside lies on the meta device; the recipe tells how to make it.

    Tensors that come with data (published weights, which are mapped from their files) keep it.
    """
    recorder = _Recorder()
    original = getattr(init, _TRUNCATED)
    setattr(init, _TRUNCATED, recorder.noting(original))
    try:
        with recorder:
            yield recorder.recipe
        recorder.note_seed()
    finally:
        setattr(init, _TRUNCATED, original)


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Runs every operation on tensors without data."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.recipe = Recipe()
        self._seed = torch.empty(0)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Note one operation, unless all that it is given has data."""
        kwargs = kwargs or {}
        given = _tensors((args, kwargs))
        if given and not any(tensor.is_meta for tensor in given):
            return func(*args, **kwargs)
        makes = any(argument.name == "device" for argument in func._schema.arguments)
        if all(tensor.is_meta for tensor in _changed(func, args, kwargs)):
            dataless, options = tree_map_only(Tensor, _on_meta, (args, kwargs))
        else:
            dataless, options = args, kwargs  # torch refuses, and says why
        result = func(*dataless, **(options | {"device": "meta"} if makes else options))
        name = func._schema.name.removeprefix("aten::")
        if name not in _NO_CONTENT:
            self._note(func, name, args, kwargs | {"device": "cpu"} if makes else kwargs, result)
        return result

    def noting(self, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """The same function for tensors with data; for others it is one step."""

        def noted(tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            if not tensor.is_meta:
                return function(tensor, *args, **kwargs)
            self.note_seed()
            drawn = Step(
                run=function,
                args=(tensor.detach(), *args),
                kwargs=kwargs,
                changes=frozenset({GENERATOR}),
                overwrites=frozenset({key_of(tensor)}),
            )
            self.recipe.steps.append(drawn)
            return tensor

        return noted

    def note_seed(self) -> None:
        """Note that somebody has seeded the generator, which stands still while nothing is drawn."""
        state = torch.get_rng_state()
        if self._seed.shape == state.shape and torch.equal(self._seed, state):
            return
        self._seed = state
        step = Step(run=torch.set_rng_state, args=(state,), overwrites=frozenset({GENERATOR}))
        self.recipe.steps.append(step)

    def _note(self, func: Any, name: str, args: Any, kwargs: Any, result: Any) -> None:
        given = {key_of(tensor) for tensor in _tensors((args, kwargs)) if tensor.is_meta}
        results = _tensors(result)
        made = tuple(None if key_of(tensor) in given else tensor.detach() for tensor in results)
        changed = _changed(func, args, kwargs)
        if not changed and not any(tensor is not None for tensor in made):
            return  # a view
        lost = {key_of(made_) for made_ in made if made_ is not None}
        if name in _OVERWRITING and _is_whole(args[0]):
            lost |= {key_of(args[0])}
        draws = torch.Tag.nondeterministic_seeded in func.tags
        if draws:
            self.note_seed()
        changes = ({key_of(t) for t in changed} - lost) | ({GENERATOR} if draws else set())
        overwritten = lost - {key_of(t) for t in _tensors(args[1:])}
        step = Step(
            run=func,
            # as they are now: ``parameter.data = ...`` puts another storage into the same tensor
            args=tree_map_only(Tensor, Tensor.detach, args),
            kwargs=tree_map_only(Tensor, Tensor.detach, kwargs),
            made=made,
            reads=frozenset(given - lost),
            changes=frozenset(changes | (lost - overwritten)),
            overwrites=frozenset(overwritten),
        )
        self.recipe.steps.append(step)


def _on_meta(tensor: Tensor) -> Tensor:
    return tensor if tensor.is_meta else tensor.to("meta")


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def _changed(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Tensor]:
    """The arguments that an operation writes to."""
    schema = func._schema.arguments
    named = {**dict(zip((a.name for a in schema), args, strict=False)), **kwargs}
    written = [a.name for a in schema if a.alias_info is not None and a.alias_info.is_write]
    return _tensors([named.get(name) for name in written])


def _is_whole(tensor: Tensor) -> bool:
    """Whether nothing of the storage lies outside of the tensor."""
    return (
        tensor.numel() * tensor.element_size() == tensor.untyped_storage().nbytes()
        and tensor.is_contiguous()
    )
