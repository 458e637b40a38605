"""Arms that cannot be made as configured are refused before the first node."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.hooks.preflight.arms import require_possible_arms
from lapa.refused import RefusedError

ROBOT: dict[str, Any] = {"finetune": {"dataset": "table"}, "foundation": {}}


def test_every_arm_is_possible_with_a_robot() -> None:
    every = "lapa+random_laq+shuffled_codes+inverse_dynamics+scratch+action_pretrained"
    require_possible_arms(ROBOT | {"arms": every})
    require_possible_arms(ROBOT)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"arms": ["inverse_dynamics"], "finetune": {"dataset": None}},
            r"inverse_dynamics learns from labelled episodes, but finetune\.dataset is null",
        ),
        (
            {"arms": "lapa+shuffled_codes+scratch", "foundation": {"online_labels": True}},
            "labels of shuffled_codes are not made by a quantiser, expected false",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        require_possible_arms(ROBOT | changes)
