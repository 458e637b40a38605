"""Field maps that take some columns of a field, or cameras with swapped channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from lapa.data.bad_input import BadInputError
from lapa.data.sources import open_source
from lapa.data.sources.rlds.field_map import FieldMap
from toys.openx import rows_of, write_openx


def _fields(**changes: object) -> dict[str, object]:
    part = {"field": "steps/action", "names": ["x", "y"], "columns": [2, 0]} | changes
    camera = {"camera": "image", "cameras": {"image": "steps/observation/image"}}
    return {"datasets": {"utaustin_mutex": 20}, **camera, "actions": [part]}


def test_columns_are_taken_in_the_order_of_the_map(tmp_path: Path) -> None:
    write_openx(tmp_path, "utaustin_mutex")
    episode = next(open_source("rlds", tmp_path, fields=_fields()))
    expected = rows_of("utaustin_mutex", "steps/action")[:, [2, 0]]
    np.testing.assert_array_equal(episode.actions, expected)


def test_columns_beyond_the_field_are_named(tmp_path: Path) -> None:
    write_openx(tmp_path, "utaustin_mutex")
    with pytest.raises(BadInputError, match=r"wrong_shape.*has 7 columns.*\[0, 7\]"):
        next(open_source("rlds", tmp_path, fields=_fields(columns=[0, 7])))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([0], "2 names but 1 columns"),
        ([3, 3], "name one twice"),
        ([-1, 0], "greater than or equal"),
    ],
)
def test_columns_that_make_no_sense_are_refused(columns: list[int], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FieldMap.model_validate(_fields(columns=columns))


def test_swapped_cameras_must_be_cameras() -> None:
    with pytest.raises(ValidationError, match=r"bgr names \['wrist'\].*\['image'\]"):
        FieldMap.model_validate({**_fields(), "bgr": ["wrist"]})
