"""Numbers in names count as numbers, in every script, and nothing else does."""

from __future__ import annotations

import random

import pytest

from lapa.data.sources.base.natural_order import natural_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["frame2", "frame10", "frame100"],
        ["a1b2", "a1b10", "a2b1"],
        ["٢", "٣", "١٠"],
        ["२", "१०"],
        ["2", "³"],
        ["2024²3", "2024²12"],
        ["①1", "①2", "①10"],
        ["x", "x1", "x1a"],
    ],
)
def test_order(ordered: list[str]) -> None:
    shuffled = random.Random(0).sample(ordered, len(ordered))
    assert sorted(shuffled, key=natural_key) == ordered


def test_any_name_has_one_place() -> None:
    names = [f"a{chr(code)}1" for code in range(1, 0x3400)] + ["caf\udce9 7", "", "9" * 250]
    shuffled = random.Random(0).sample(names, len(names))
    assert sorted(names, key=natural_key) == sorted(shuffled, key=natural_key)
