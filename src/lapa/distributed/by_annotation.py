"""Arguments and results of a task as JSON and back, by the annotations of the task itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import PydanticUserError, TypeAdapter

_RESULT = "return"


def arguments_to_json(task: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Records, parameters, paths and plain values as what `json.dumps` takes.

    Args:
        task: annotates every argument with a type that pydantic knows.
        arguments: keyword arguments of ``task``.

    Raises:
        TypeError: the task does not take such an argument, or does not say of which type it is.
    """
    types = _types(task)
    return {
        name: _adapter(task, types, name).dump_python(v, mode="json")
        for name, v in arguments.items()
    }


def arguments_from_json(task: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments that `arguments_to_json` was given."""
    types = _types(task)
    return {name: _adapter(task, types, name).validate_python(v) for name, v in values.items()}


def result_to_json(task: Callable[..., Any], result: Any) -> Any:
    """What ``task`` returned, as what `json.dumps` takes."""
    return _adapter(task, _types(task), _RESULT).dump_python(result, mode="json")


def result_from_json(task: Callable[..., Any], value: Any) -> Any:
    """What ``task`` returned, in the type that it promises."""
    return _adapter(task, _types(task), _RESULT).validate_python(value)


def _types(task: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(task, include_extras=True)


def _adapter(task: Callable[..., Any], types: Mapping[str, Any], name: str) -> TypeAdapter[Any]:
    if name not in types:
        raise TypeError(
            f"{task.__module__}:{task.__qualname__} has no annotation of {name!r}, only of "
            f"{sorted(types)}; several processes need one to hand the value over"
        )
    try:
        return TypeAdapter(types[name])
    except PydanticUserError as error:
        raise TypeError(
            f"{task.__module__}:{task.__qualname__} annotates {name!r} as {types[name]}, expected a "
            "record, parameters, a path or plain values, which can be handed to other processes"
        ) from error
