"""YAML that somebody else wrote: read without running anything, and refused by name where it is a trap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from lapa.data.bad_input import BadInputError, SettingsError
from lapa.data.limits import MAX_YAML_BYTES, MAX_YAML_NODES
from lapa.data.sources.base.text_file import read_text
from lapa.params.base import Params

Model = TypeVar("Model", bound=Params)


def read_yaml(path: Path) -> Any:
    """Return the plain values of a YAML file: no tags of a language, no bombs of aliases.

    Raises:
        SettingsError: too large, not YAML, or with tags or aliases that are refused.
    """
    try:
        return parse_yaml(read_text(path, max_bytes=MAX_YAML_BYTES).text, name=str(path))
    except BadInputError as error:
        raise SettingsError(f"{path}: {error.record.detail}") from error


def parse_yaml(text: str, *, name: str) -> Any:
    """Return the plain values of YAML that comes from ``name``.

    Raises:
        SettingsError: not YAML, or with tags or aliases that are refused.
    """
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        if _written_out(root, {}) > MAX_YAML_NODES:
            raise SettingsError(
                f"{name}: over {MAX_YAML_NODES} values with its aliases written out"
            )
        return loader.construct_document(root)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{name} cannot be read as YAML: {error}") from error
    finally:
        loader.dispose()


def _written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """Count the values of a node with every alias written out; an alias of itself counts as too many."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MAX_YAML_NODES + 1
    children: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    elif isinstance(node, yaml.MappingNode):
        children = [part for pair in node.value for part in pair]
    known[id(node)] = 1 + sum(_written_out(child, known) for child in children)
    return known[id(node)]


def validated(model: type[Model], values: Any, name: str) -> Model:
    """Return ``values`` as ``model``.

    Raises:
        SettingsError: they do not fit; the message names the entry.
    """
    if not isinstance(values, Mapping):
        raise SettingsError(f"{name} holds a {type(values).__name__}, expected names with values")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{name}: {error}") from error
