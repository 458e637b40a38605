from __future__ import annotations

import pytest
from pydantic import ValidationError

from lapa.records import CellKey, CellOutcomes


def key(budget: int | None) -> CellKey:
    return CellKey(
        setting="in_domain", arm="lapa", variant="default", budget=budget, seed=1, subset=2
    )


def test_the_name_of_a_cell_tells_all_of_its_key() -> None:
    assert key(25).name == "in_domain-lapa-default-n25-s1-l2"
    assert key(None).name == "in_domain-lapa-default-nall-s1-l2"


@pytest.mark.parametrize("successes", ["", "01x", "yes"])
def test_outcomes_are_ones_and_zeros(successes: str) -> None:
    with pytest.raises(ValidationError, match="1 or 0 for every scene"):
        CellOutcomes(first_seed=0, successes=successes)


def test_every_failed_trial_has_one_end() -> None:
    outcomes = CellOutcomes(first_seed=0, successes="0110", ends={"never touched": 2})
    assert sum(outcomes.ends.values()) == 2
    with pytest.raises(ValidationError, match="1 trials have an end, expected 2"):
        CellOutcomes(first_seed=0, successes="0110", ends={"never touched": 1})
