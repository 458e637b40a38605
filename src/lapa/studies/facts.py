"""What was decided in a section of the parameters: the values that are not the defaults of its class.

So a parameter that is added to the code, with a default that changes nothing, makes no result stale. Whoever
changes a default in the code must delete the results that were made with it (docs/contributing.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic_core import to_jsonable_python

from lapa.folders.asked import NOT_DECIDING, Difference

KIND = "kind"
"""Always said: it names the class whose defaults are left out."""
PUBLISHED = "published"
"""What a publisher says of a dataset: it decides what is planned, and no result."""
DEFAULT = "the default"


def decided_in(value: Any) -> Any:
    """Facts of checked parameters, JSON-able, less `NOT_DECIDING`; anything that is no parameters as it is."""
    if isinstance(value, RootModel):
        return decided_in(value.root)
    if isinstance(value, BaseModel):
        return {name: decided_in(getattr(value, name)) for name in _decided_fields(value)}
    if isinstance(value, Mapping):
        return {str(name): decided_in(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [decided_in(held) for held in value]
    return to_jsonable_python(value)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What differs between facts; what one side lacks has its default there."""
    old, new = dict(_flat(before)), dict(_flat(now))
    names = sorted(old.keys() | new.keys())
    pairs = ((name, old.get(name, DEFAULT), new.get(name, DEFAULT)) for name in names)
    return [Difference(name, was, is_now) for name, was, is_now in pairs if was != is_now]


def _decided_fields(model: BaseModel) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        if name in NOT_DECIDING or name == PUBLISHED:
            continue
        default = field.get_default(call_default_factory=True)
        if name == KIND or field.is_required() or _differs(getattr(model, name), default):
            yield name


def _differs(value: Any, default: Any) -> bool:
    """Whether a field was set to something that decides; a section of which only a cache moved was not."""
    return bool(value != default and decided_in(value) != decided_in(default))


def _flat(facts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
