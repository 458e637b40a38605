"""What is written beside an axis."""

from __future__ import annotations

import pytest

from lapa.params.search_space import Dimension
from lapa.sweeps.plots.scale import Scale, straight


def texts(scale: Scale) -> list[str]:
    return [text for _, text in scale.ticks()]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.4537, 0.4758], ["0.454", "0.459", "0.465", "0.47", "0.476"]),
        ([0.0, 1.0], ["0", "0.25", "0.5", "0.75", "1"]),
        ([21.342, 21.354], ["21.342", "21.345", "21.348", "21.351", "21.354"]),
    ],
)
def test_close_values_are_written_with_the_digits_that_tell_them_apart(
    values: list[float], written: list[str]
) -> None:
    assert texts(straight(values)) == written


def test_rates_are_written_short() -> None:
    assert texts(Scale(Dimension(low=1e-5, high=3e-2, log=True))) == [
        "1e-05",
        "0.0001",
        "0.001",
        "0.01",
        "0.03",
    ]
