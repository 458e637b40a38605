"""Every parameter name is known, from the top level down; an unknown one names its nearest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, RootModel, ValidationError
from pydantic.fields import FieldInfo

from lapa.config.presets import BY_PRESET, PRESET, WHOLE
from lapa.params.array_part import PART
from lapa.params.kinds import Kinds
from lapa.params.reuse import REUSE
from lapa.params.sections import PLANNED, SECTIONS, WORK
from lapa.refused import RefusedError, alternatives

PARENT_RUN = "mlflow_parent_run_id"
"""`--params=mlflow_parent_run_id=…` nests this run in another one, as the runs of a study are."""
FOR_MLFLOW = ("mlflow_run_id", PARENT_RUN)
"""`--params=mlflow_run_id=…` continues an MLflow run (`conf/base/mlflow.yml`)."""


def require_known_parameters(
    parameters: Mapping[str, Any],
    *,
    given: Mapping[str, Any],
    known_globals: Mapping[str, Any],
    with_presets: Collection[str] = (),
) -> None:
    """Refuse names that nothing reads and values that no section accepts.

    Args:
        parameters: all of configuration and command line, merged.
        given: those of the command line.
        known_globals: what `globals.yml` sets: the command line may set it too.
        with_presets: sections that take the name of a preset, which is gone from ``parameters``.

    Raises:
        RefusedError: one line for each.
    """
    wrong = list(_unknown_sections(parameters, given, known_globals))
    for name, model in {**SECTIONS, **PLANNED}.items():
        if name in parameters:
            wrong += wrong_in(name, model, parameters[name], with_presets)
    if wrong:
        raise RefusedError("\n".join(wrong))


def _unknown_sections(
    parameters: Mapping[str, Any], given: Mapping[str, Any], known_globals: Mapping[str, Any]
) -> Iterator[str]:
    sections = {*SECTIONS, *PLANNED, WORK}
    of_command_line = {*known_globals, *FOR_MLFLOW, REUSE, PART}
    for name in parameters:
        if name in sections or (name in given and name in of_command_line):
            continue
        if name in known_globals:
            yield (
                f"parameter {name!r} is a global, which parameter files cannot set: put it into "
                f"globals.yml of the environment, or give --params={name}=VALUE"
            )
            continue
        known = sections | {
            *WHOLE,
            *([*known_globals, REUSE, PART] if name in given else [BY_PRESET]),
        }
        yield f"no parameter {name!r}{alternatives(name, sorted(known))}"


def wrong_in(
    section: str, model: type[BaseModel], value: Any, with_presets: Collection[str]
) -> Iterator[str]:
    """What a class refuses of a mapping, a line each; an unknown name with its nearest.

    Args:
        section: put before every name.
        model: checks the mapping.
        value: the mapping.
        with_presets: sections that take the name of a preset.
    """
    try:
        model.model_validate(value)
    except ValidationError as refused:
        for error in refused.errors():
            dotted = ".".join(str(part) for part in (section, *error["loc"]))
            if error["type"] != "extra_forbidden":
                yield f"{dotted}: {error['msg'].removeprefix('Value error, ')}{_shown(error)}"
                continue
            *way, name = error["loc"]
            known = [field for m in _models_at(model, way, value) for field in m.model_fields]
            if not way and section in with_presets:
                known.append(PRESET)
            yield f"no parameter {dotted!r}{alternatives(str(name), known)}"


def _shown(error: Mapping[str, Any]) -> str:
    """The value, where it is one that can be shown."""
    value = error["input"]
    return f", found {value!r}" if isinstance(value, (str, int, float)) else ""


def _models_at(
    model: type[BaseModel], way: Iterable[int | str], value: Any
) -> list[type[BaseModel]]:
    """The classes whose names may stand at the end of ``way``.

    Where a field holds one of several kinds, its value says which class: also one from outside the package.
    """
    models, tables = [model], list[Kinds[Any]]()
    for part in way:
        value = _inside(value, part)
        if entries := [m for m in models if issubclass(m, RootModel)]:
            # a mapping with names of the user's own: the next step is one of them, whatever it is called
            models = [c for m in entries for c in _classes(m.model_fields["root"].annotation)]
            continue
        if fields := [m.model_fields[str(part)] for m in models if str(part) in m.model_fields]:
            models = [inner for field in fields for inner in _classes(field.annotation)]
            tables = [table for field in fields for table in _tables(field)]
        if isinstance(value, Mapping) and "kind" in value:
            models = [table.params_class(str(value["kind"])) for table in tables] or models
    return models


def _inside(value: Any, part: int | str) -> Any:
    """What lies there; the branch of a union, which pydantic names too, is no step into the value."""
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return value


def _classes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _classes(argument)


def _tables(field: FieldInfo) -> Iterator[Kinds[Any]]:
    """Tables of kinds that check the field's value, or the members of its list."""
    yield from _tables_in(field.metadata)
    yield from _tables_inside(field.annotation)


def _tables_inside(annotation: Any) -> Iterator[Kinds[Any]]:
    yield from _tables_in(getattr(annotation, "__metadata__", ()))
    for argument in get_args(annotation):
        yield from _tables_inside(argument)


def _tables_in(metadata: Iterable[Any]) -> Iterator[Kinds[Any]]:
    return (entry for entry in metadata if isinstance(entry, Kinds))
