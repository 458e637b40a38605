"""The page of all parameters, made from the classes that check them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from lapa.params.kinds import Kinds
from lapa.params.sections import PLANNED, SECTIONS
from lapa.records.field_table import Row, default_of, model_in, prose, summary, table, type_of

_INTRODUCTION = """# Parameters

Every parameter by the name that `--params=NAME=VALUE` takes, with its type, its bounds and the default of its class. What the demo
sets instead stands in `conf/base/parameters`, with reasons; what wins over what, in [Configuration](../conf/README.md). A name that is not here
is refused before anything runs, and the nearest one is named. `NAME` stands for a name that you choose. Options that only one `kind` has begin
with it in *italics*; a kind of your own is named by its import path ([extend](extend.md)).

This page is made from `lapa.params`: `python -c "from lapa.params.reference import page; print(page(), end='')" > docs/parameters.md`.
"""
_BELOW: dict[object, str] = {dict: ".NAME", tuple: "[]", list: "[]"}
"""How a member of a collection is named below it."""


def page() -> str:
    """All sections as Markdown, in the order in which a run reads them."""
    sections = (SECTIONS | PLANNED).items()
    return "\n".join([_INTRODUCTION, *(_section(name, model) for name, model in sections)])


def _section(name: str, model: type[BaseModel]) -> str:
    return f"## {name}\n\n{summary(model)}\n\n{table(rows(name, model))}\n"


def rows(prefix: str, model: type[BaseModel], instance: BaseModel | None = None) -> Iterator[Row]:
    """One row per plain value of a model, groups opened, the first field first.

    Args:
        prefix: what names begin with: ``laq.trainer``.
        model: the class that checks the group.
        instance: where the group has a default of its own, that default.
    """
    if issubclass(model, RootModel):
        yield from _of_root(prefix, model)
        return
    for name, field in model.model_fields.items():
        yield from _field(f"{prefix}.{name}", field, instance, name)


def _of_root(prefix: str, model: type[BaseModel]) -> Iterator[Row]:
    """A mapping from names that the user chooses, or a plain value that stands for the section."""
    field = model.model_fields["root"]
    inside = model_in(field.annotation)
    if inside is None:
        yield Row(prefix, type_of(field), default_of(field), prose(field.description))
    else:
        yield from rows(f"{prefix}.NAME", inside)


def _field(name: str, field: FieldInfo, instance: BaseModel | None, short: str) -> Iterator[Row]:
    kinds = next((part for part in field.metadata if isinstance(part, Kinds)), None)
    inside = model_in(field.annotation)
    if kinds is not None:
        yield from _kinds(name, kinds, field, instance, short)
    elif inside is None:
        yield Row(
            name, type_of(field), default_of(field, instance, short), prose(field.description)
        )
    else:
        yield from _group(name, inside, field, instance, short)


def _group(
    name: str, inside: type[BaseModel], field: FieldInfo, instance: BaseModel | None, short: str
) -> Iterator[Row]:
    """A row of its own only where the group may be absent, may be many, or has something to say."""
    value = getattr(instance, short) if instance is not None else _default(field)
    below = _BELOW.get(get_origin(field.annotation), "")
    section = next((known for known, model in SECTIONS.items() if model is inside), None)
    kind = type_of(field) if below else "mapping"
    kind = f"{kind}, as the section [{section}](#{section})" if section else kind
    if below or value is None or field.description or section:
        yield Row(name, kind, default_of(field, instance, short), prose(field.description))
    if section is None:
        yield from rows(f"{name}{below}", inside, value if isinstance(value, inside) else None)


def _default(field: FieldInfo) -> object:
    return ... if field.is_required() else field.get_default(call_default_factory=True)


def _kinds(
    name: str,
    kinds: Kinds[Any],
    field: FieldInfo,
    instance: BaseModel | None,
    short: str,
) -> Iterator[Row]:
    value = getattr(instance, short) if instance is not None else _default(field)
    default = getattr(value, "kind", "required" if value is ... else "null")
    choices = ", ".join(f"`{kind}`" for kind in kinds.names)
    yield Row(f"{name}.kind", choices, str(default), prose(field.description))
    for kind in kinds.names:
        for row in rows(name, kinds.params_class(kind)):
            if row.name != f"{name}.kind":
                yield row._replace(meaning=f"*{kind}:* {row.meaning}")
