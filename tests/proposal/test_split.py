"""Whole recordings are held out where there are enough."""

from __future__ import annotations

import pytest

from lapa.proposal.split import propose_split
from toys.source_facts import dataset_facts, source_facts


@pytest.mark.parametrize(
    ("recordings", "by", "fraction"),
    [
        (3, "time", 0.2),
        (4, "time", 0.2),
        (5, "episode", 0.2),
        (30, "episode", 0.2),
        (60, "episode", 0.1),
    ],
)
def test_by_the_number_of_recordings(recordings: int, by: str, fraction: float) -> None:
    held_out = propose_split(source_facts(dataset_facts([40] * recordings)))
    assert (held_out.by, held_out.val_fraction) == (by, fraction)
    assert held_out.in_time == (by == "time")


def test_datasets_of_different_numbers_are_split_each_its_way() -> None:
    source = source_facts(dataset_facts([40] * 30), dataset_facts([40], name="other"))
    assert propose_split(source).by == "auto"


def test_too_few_for_intervals_is_said() -> None:
    assert "intervals need 6" in propose_split(source_facts(dataset_facts([40] * 13))).why
    assert "intervals" not in propose_split(source_facts(dataset_facts([40] * 30))).why
