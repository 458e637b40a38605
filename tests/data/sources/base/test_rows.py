import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.sources.base.rows import align_rows, check_shape, float_rows


def test_doubles_become_float32_columns() -> None:
    rows = float_rows([[1.5, 2.0], [3.0, 4.0]], "a")
    assert rows.dtype == np.float32
    assert rows.tolist() == [[1.5, 2.0], [3.0, 4.0]]
    assert float_rows([1, 2, 3], "a").shape == (3, 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[0.0], [np.nan]], "not_finite"),
        ([[0.0], [-np.inf]], "not_finite"),
        ([[0.0], [1e39]], "not_finite"),  # finite in float64 only
        ([[0.0], [1.0, 2.0]], "ragged_rows"),
        ([["a"]], "wrong_type"),
        (np.zeros((2, 2, 2)), "wrong_shape"),
    ],
)
def test_unusable_values_are_named(values: object, reason: str) -> None:
    with pytest.raises(BadInputError, match="action") as error:
        float_rows(values, "action")
    assert error.value.record.reason == reason


def test_absurd_shapes_are_refused_before_reading() -> None:
    for shape in ((10, 10**6), (10**9, 2), (5, 0)):
        with pytest.raises(BadInputError) as error:
            check_shape(shape, "action")
        assert error.value.record.reason == "absurd_dimensions"


def test_not_finite_names_the_place() -> None:
    values = np.zeros((4, 3))
    values[2, 1] = np.inf
    with pytest.raises(BadInputError, match="frame 2, dimension 1"):
        float_rows(values, "action")


def test_drop_leaves_out_the_frame_without_action() -> None:
    aligned = align_rows(4, np.ones((3, 2), np.float32), np.ones((4, 5), np.float32))
    assert aligned.num_frames == 3
    assert aligned.actions is not None
    assert aligned.states is not None
    assert (len(aligned.actions), len(aligned.states)) == (3, 3)
    assert len(aligned.notes) == 2


def test_hold_keeps_the_frame_and_repeats_the_last_row() -> None:
    actions = np.arange(6, dtype=np.float32).reshape(3, 2)
    aligned = align_rows(4, actions, extra_frame="hold")
    assert aligned.num_frames == 4
    assert aligned.actions is not None
    assert aligned.actions[-1].tolist() == aligned.actions[-2].tolist() == [4, 5]
    assert "hold" in aligned.notes[0]


def test_equal_lengths_change_nothing() -> None:
    aligned = align_rows(3, np.ones((3, 2), np.float32))
    assert aligned.num_frames == 3
    assert aligned.notes == ()


@pytest.mark.parametrize("extra_frame", ["drop", "hold"])
def test_larger_disagreement_is_refused(extra_frame: str) -> None:
    with pytest.raises(BadInputError, match="10 frames, 8 actions"):
        align_rows(10, np.ones((8, 2), np.float32), extra_frame=extra_frame)  # type: ignore[arg-type]
