"""Fields as rows: types in words, bounds, defaults as YAML has them."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from lapa.records.field_table import REQUIRED, default_of, model_in, prose, summary, type_of


class Inside(BaseModel):
    size: int = 3


class Example(BaseModel):
    """An example.

    Nobody reads this far.
    """

    kind: Literal["a", "b"] = "a"
    count: int | None = Field(default=None, ge=0, lt=5)
    pair: tuple[float, float] = (0.5, 1.0)
    on: bool = False
    names: dict[str, str] = Field(default_factory=dict)
    inside: Inside = Inside()
    insides: tuple[Inside, ...] | None = None
    anything: Any


FIELDS = Example.model_fields


@pytest.mark.parametrize(
    ("name", "type_in_words", "default"),
    [
        ("kind", "`a`, `b`", "a"),
        ("count", "int or null, ≥ 0, < 5", "null"),
        ("pair", "list of float", "[0.5, 1.0]"),
        ("on", "bool", "false"),
        ("names", "mapping to str", "{}"),
        ("inside", "Inside", ""),
        ("anything", "anything", REQUIRED),
    ],
)
def test_types_and_defaults(name: str, type_in_words: str, default: str) -> None:
    assert (type_of(FIELDS[name]), default_of(FIELDS[name])) == (type_in_words, default)


def test_the_model_inside_a_field_is_seen_through_collections() -> None:
    assert model_in(FIELDS["inside"].annotation) is Inside
    assert model_in(FIELDS["insides"].annotation) is Inside
    assert model_in(FIELDS["pair"].annotation) is None


def test_docstrings_become_cells() -> None:
    assert summary(Example) == "An example."
    assert prose("``a`` or\n    ``b|c``") == "`a` or `b\\|c`"
