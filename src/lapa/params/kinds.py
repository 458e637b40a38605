"""What a parameter ``kind`` names: one table a family, open to classes from outside the package.

A family (quantizers, backends, heads, simulators) is a table from ``kind`` to the class behind
it, written ``module:Class`` so that only the chosen one is imported. A kind that is itself such a path needs
no entry: ``kind: my_package.my_module:MyParams`` in YAML is enough.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from lapa.params.base import Params
from lapa.refused import alternatives

P = TypeVar("P", bound=Params)


def import_named(path: str) -> Any:
    """Import what ``module:attribute`` names.

    Raises:
        ValueError: it is no such path, or nothing lies there.
    """
    module, colon, attribute = path.partition(":")
    if not colon:
        raise ValueError(f"{path!r} is no import path; expected package.module:Name")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"{path!r} cannot be imported: {error}; expected package.module:Name"
        ) from error


class Kinds(Generic[P]):
    """The parameter classes of one family, by the value of their field ``kind``.

    It annotates the fields that hold a member: ``Annotated[SerializeAsAny[HeadParams], HEADS]``.
    """

    def __init__(self, family: str, base: type[P], table: Mapping[str, str]) -> None:
        """Make the table.

        Args:
            family: what the members are, for messages: ``quantizer``.
            base: class that every member inherits.
            table: kind -> ``module:Class``; add a line to add a built-in kind.
        """
        self.family = family
        self._base = base
        self._table = dict(table)

    @property
    def names(self) -> tuple[str, ...]:
        """Built-in kinds, in the order of the table."""
        return tuple(self._table)

    def params_class(self, kind: str) -> type[P]:
        """The class behind ``kind``: an entry of the table, or an import path.

        Raises:
            ValueError: no such kind, or the path leads to something else than a member of the family.
        """
        path = self._table.get(kind, kind)
        if ":" not in path:
            raise ValueError(
                f"no {self.family} kind {kind!r}{alternatives(kind, self._table)}; "
                "or package.module:Class of your own"
            )
        member = import_named(path)
        if not (isinstance(member, type) and issubclass(member, self._base)):
            raise ValueError(
                f"{self.family} kind {kind!r} is {member!r}, expected a subclass of "
                f"{self._base.__module__}.{self._base.__qualname__}"
            )
        return member

    def validate(self, value: Any) -> Any:
        """Make the right class of ``{"kind": …, …}``.

        Instances pass as they are; what is no mapping, or has no kind, is left to pydantic to refuse.

        Raises:
            ValueError: no such kind; pydantic's own error where the other values do not fit it.
        """
        if not isinstance(value, Mapping) or "kind" not in value:
            return value
        return self.params_class(str(value["kind"])).model_validate(dict(value))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Pydantic's protocol for annotations: `validate` comes before the field's own check."""
        return core_schema.no_info_before_validator_function(self.validate, handler(source))
