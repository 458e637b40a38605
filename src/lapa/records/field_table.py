"""The fields of a pydantic model as rows of a table: name, type, default, meaning."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

HEADER = ("| name | type | default | meaning |", "|---|---|---|---|")
REQUIRED = "required"
_BOUNDS: dict[type, tuple[str, str]] = {
    Gt: ("> ", "gt"),
    Ge: ("≥ ", "ge"),
    Lt: ("< ", "lt"),
    Le: ("≤ ", "le"),
    MinLen: ("length ≥ ", "min_length"),
}
_PLAIN: dict[Any, str] = {type(None): "null", Any: "anything"}


class Row(NamedTuple):
    """One line of a table; `line` makes it Markdown."""

    name: str
    type: str
    default: str
    meaning: str

    @property
    def line(self) -> str:
        """The row in Markdown."""
        default = f"`{self.default}`" if self.default not in ("", REQUIRED) else self.default
        return f"| `{self.name}` | {self.type} | {default} | {self.meaning} |"


def table(rows: Iterable[Row]) -> str:
    """Rows below their heading, in Markdown."""
    return "\n".join([*HEADER, *(row.line for row in rows)])


def prose(text: str | None) -> str:
    """A docstring as one line of Markdown: single backticks, no bar that would end a cell."""
    return " ".join((text or "").split()).replace("``", "`").replace("|", "\\|")


def summary(model: type[BaseModel]) -> str:
    """The first paragraph of a class's docstring, as one line."""
    return prose(re.split(r"\n\s*\n", model.__doc__ or "", maxsplit=1)[0])


def type_of(field: FieldInfo) -> str:
    """What a field takes, with its bounds: ``int, > 0``; choices are listed."""
    bounds = [
        f"{_BOUNDS[type(bound)][0]}{getattr(bound, _BOUNDS[type(bound)][1])}"
        for bound in field.metadata
        if type(bound) in _BOUNDS
    ]
    return ", ".join([type_name(field.annotation), *bounds])


def type_name(annotation: Any) -> str:
    """A type in words: ``list of float``, ``int or null``, or the choices themselves."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(type_name(part) for part in arguments)
    if origin is Annotated:
        return type_name(arguments[0])
    return _collection(origin, arguments) or _PLAIN.get(annotation, _name(annotation))


def _collection(origin: Any, arguments: tuple[Any, ...]) -> str:
    if origin in (tuple, list, set, frozenset):
        return f"list of {type_name(arguments[0])}"
    return f"mapping to {type_name(arguments[1])}" if origin is dict else ""


def _name(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", annotation))


def default_of(field: FieldInfo, instance: BaseModel | None = None, name: str = "") -> str:
    """The default as YAML would have it; that of ``instance`` where a class has one for the group."""
    if instance is not None:
        return _shown(getattr(instance, name))
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    return REQUIRED if value is PydanticUndefined else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, BaseModel):
        return ""  # its own fields have a row each
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_shown(part) for part in value)}]"
    return str(value)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, directly, perhaps, or in a collection; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        is_root = issubclass(annotation, RootModel)
        return model_in(annotation.model_fields["root"].annotation) if is_root else annotation
    return next(
        (inside for part in get_args(annotation) if (inside := model_in(part)) is not None), None
    )
