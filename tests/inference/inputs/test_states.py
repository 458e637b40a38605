"""The robot's state from the command line or a dataset, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lapa.inference.inputs.recording import Recording
from lapa.inference.inputs.states import parse_states, require_states, with_states
from lapa.refused import RefusedError

CLIP = Recording(name="clip", num_frames=3, read=lambda numbers: [])


def test_one_state_counts_for_every_frame() -> None:
    known = require_states(with_states(CLIP, parse_states("[1, 2.5]")), ("x", "y"))
    np.testing.assert_array_equal(known, [[1, 2.5]] * 3)
    assert known.dtype == np.float32


def test_one_state_per_frame() -> None:
    known = require_states(with_states(CLIP, parse_states("[[1, 2], [3, 4], [5, 6]]")), ("x", "y"))
    np.testing.assert_array_equal(known, [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize(
    "text", ["", "[]", "[1, 'a']", '{"x": 1}', "[NaN]", "[[1], [2, 3]]", "[[[1]]]"]
)
def test_what_is_no_list_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="expected a JSON list of finite numbers"):
        parse_states(text)


def test_another_number_of_states_is_refused() -> None:
    with pytest.raises(
        RefusedError, match="found 2 states for the 3 frames of clip, expected 1 or 3"
    ):
        with_states(CLIP, parse_states("[[1], [2]]"))


def test_a_missing_state_is_asked_for_by_the_names_of_its_columns() -> None:
    with pytest.raises(RefusedError, match="clip has none; expected --state with 2 numbers: x, y"):
        require_states(CLIP, ("x", "y"))


@pytest.mark.parametrize(("width", "names"), [(3, ()), (2, ("y", "x"))])
def test_other_columns_are_refused(width: int, names: tuple[str, ...]) -> None:
    states = np.zeros((3, width), np.float32)
    with pytest.raises(
        RefusedError, match="expected the 2 that this policy was trained with: x, y"
    ):
        require_states(replace(CLIP, states=states, state_names=names), ("x", "y"))
