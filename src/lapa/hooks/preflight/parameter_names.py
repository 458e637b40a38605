"""Every parameter name is known, from the top level down; an unknown one names its nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from lapa.config.presets import BY_PRESET, CLUSTER
from lapa.params.sections import SECTIONS, WORK
from lapa.refused import RefusedError, nearest

FOR_MLFLOW = "mlflow_run_id"
"""`--params=mlflow_run_id=…` continues an MLflow run (`conf/base/mlflow.yml`)."""


def require_known_parameters(
    parameters: Mapping[str, Any], *, given: Mapping[str, Any], known_globals: Mapping[str, Any]
) -> None:
    """Refuse names that nothing reads and values that no section accepts.

    Args:
        parameters: all of configuration and command line, merged.
        given: those of the command line.
        known_globals: what `globals.yml` sets: the command line may set it too.

    Raises:
        RefusedError: one line for each.
    """
    wrong = list(_unknown_sections(parameters, given, known_globals))
    for name, model in SECTIONS.items():
        if name in parameters:
            wrong += _wrong_in(name, model, parameters[name])
    if wrong:
        raise RefusedError("\n".join(wrong))


def _unknown_sections(
    parameters: Mapping[str, Any], given: Mapping[str, Any], known_globals: Mapping[str, Any]
) -> Iterator[str]:
    sections = {*SECTIONS, WORK}
    for name in parameters:
        if name in sections or (name in given and name in {*known_globals, FOR_MLFLOW}):
            continue
        if name in known_globals:
            yield (
                f"parameter {name!r} is a global, which parameter files cannot set: put it into "
                f"globals.yml of the environment, or give --params={name}=VALUE"
            )
            continue
        known = sections | ({*known_globals, CLUSTER} if name in given else {CLUSTER, BY_PRESET})
        yield f"no parameter {name!r}{nearest(name, known)} There are: {', '.join(sorted(known))}"


def _wrong_in(section: str, model: type[BaseModel], value: Any) -> Iterator[str]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        for found in error.errors():
            path, models = _walk(model, found["loc"])
            dotted = ".".join([section, *path])
            if found["type"] != "extra_forbidden":
                yield f"{dotted}: {found['msg'].removeprefix('Value error, ')}{_shown(found)}"
                continue
            known = [name for candidate in models for name in candidate.model_fields]
            yield f"no parameter {dotted!r}{nearest(path[-1], known)} There are: {', '.join(known)}"


def _shown(found: Mapping[str, Any]) -> str:
    """The value, where it is one that can be shown."""
    value = found["input"]
    return f", found {value!r}" if isinstance(value, (str, int, float)) else ""


def _walk(
    model: type[BaseModel], location: tuple[int | str, ...]
) -> tuple[list[str], list[type[BaseModel]]]:
    """Names on the way to an error, and the classes its last name was looked for in.

    Pydantic's location of a tagged union holds the tag, too, which is no name.
    """
    path: list[str] = []
    models = [model]
    for part in location[:-1]:
        if inside := [known for m in models for known in _models_in(m, part)]:
            models = inside
            path.append(str(part))
        elif tagged := [m for m in models if part in _tags(m)]:
            models = tagged
        else:
            path.append(str(part))
    return [*path, *(str(part) for part in location[-1:] if not _is_tag(models, part))], models


def _models_in(model: type[BaseModel], field: int | str) -> list[type[BaseModel]]:
    known = model.model_fields.get(str(field))
    return list(_classes(known.annotation)) if known else []


def _classes(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _classes(argument)


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation) if kind else ()


def _is_tag(models: list[type[BaseModel]], part: int | str) -> bool:
    return len(models) > 1 and any(part in _tags(model) for model in models)
