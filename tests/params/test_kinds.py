from __future__ import annotations

import pytest

from lapa.params.base import Params
from lapa.params.kinds import Kinds, import_named


class Shape(Params):
    kind: str


class Circle(Shape):
    radius: float = 1.0


SHAPES = Kinds("shape", Shape, {"circle": f"{__name__}:Circle"})


def test_a_mapping_becomes_the_class_that_its_kind_names() -> None:
    assert SHAPES.validate({"kind": "circle", "radius": 2.0}) == Circle(kind="circle", radius=2.0)
    assert SHAPES.names == ("circle",)


def test_a_path_from_outside_needs_no_entry() -> None:
    made = SHAPES.validate({"kind": f"{__name__}:Circle"})
    assert isinstance(made, Circle)


def test_instances_pass_as_they_are() -> None:
    circle = Circle(kind="circle")
    assert SHAPES.validate(circle) is circle


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("cirlce", "no shape kind 'cirlce'; did you mean 'circle'"),
        ("no.such.module:Circle", "cannot be imported"),
        (f"{__name__}:Square", "cannot be imported"),
        ("pathlib:Path", "expected a subclass of"),
        ("zzz", r"'zzz'\. There are: .*circle.*; or package\.module:Class of your own"),
    ],
)
def test_unknown_kinds_are_refused_by_name(kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SHAPES.validate({"kind": kind})


def test_values_that_do_not_fit_the_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        SHAPES.validate({"kind": "circle", "width": 2})


def test_a_name_without_a_colon_is_no_path() -> None:
    with pytest.raises(ValueError, match=r"expected package\.module:Name"):
        import_named("json.loads")
