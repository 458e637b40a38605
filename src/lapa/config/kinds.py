"""A mapping holds the options of one `kind`: those of another kind do not shine through from below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from omegaconf import DictConfig
from omegaconf.errors import InterpolationKeyError

KIND = "kind"
OF_EVERY_KIND = "${globals:"
"""How an option begins that all files share: an image size fits the next simulator, too."""


def drop_other_kinds(layers: Iterable[DictConfig]) -> None:
    """Where a layer gives a mapping another `kind`, drop what the lower layers say beside theirs.

    Options that read a global stay. So does what stands below the first `kind`: it is meant for any.

    Args:
        layers: lowest first; changed in place.
    """
    below: list[DictConfig] = []
    for layer in layers:
        _drop(below, layer)
        below.append(layer)


def _drop(below: Sequence[DictConfig], above: DictConfig) -> None:
    """Do so in one mapping and in all inside it, of which ``below`` are the lower layers' versions."""
    kind = _kind(above)
    lower_kinds = [lower_kind for layer in below if (lower_kind := _kind(layer)) is not None]
    if kind is not None and lower_kinds and kind != lower_kinds[-1]:
        for layer in below:
            _drop_options(layer)
    for name, inner in _mappings(above):
        _drop(
            [mapping for layer in below for key, mapping in _mappings(layer) if key == name], inner
        )


def _kind(mapping: DictConfig) -> Any:
    try:
        return mapping.get(KIND)
    except InterpolationKeyError:  # it reads a value of another file: compared as written
        return dict(mapping.items_ex(resolve=False))[KIND]


def _drop_options(mapping: DictConfig) -> None:
    for name, node in list(mapping.items_ex(resolve=False)):
        if name != KIND and not str(node).startswith(OF_EVERY_KIND):
            del mapping[name]


def _mappings(mapping: DictConfig) -> Iterator[tuple[Any, DictConfig]]:
    for name, node in mapping.items_ex(resolve=False):
        if isinstance(node, DictConfig):
            yield name, node
