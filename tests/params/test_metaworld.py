"""Parameters of MetaWorld, and the tasks that our file names."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lapa.params.metaworld import SENTENCES, TASKS_BY_DIFFICULTY, MetaWorldParams
from lapa.params.simulators import SIMULATORS


def test_the_fifty_tasks_are_grouped_as_lerobot_does() -> None:
    sizes = {group: len(tasks) for group, tasks in TASKS_BY_DIFFICULTY.items()}
    assert sizes == {"easy": 28, "medium": 11, "hard": 6, "very_hard": 5}
    assert len(SENTENCES) == 50
    assert SENTENCES["drawer-open-v3"] == "Open a drawer"


def test_one_pair_of_tasks_shares_its_sentence() -> None:
    assert len(set(SENTENCES.values())) == 49
    assert SENTENCES["push-v3"] == SENTENCES["push-back-v3"]


def test_its_kind_is_known() -> None:
    assert SIMULATORS.params_class("metaworld") is MetaWorldParams


def test_a_task_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="did you mean 'drawer-open-v3'"):
        MetaWorldParams(tasks=("drawer-opens-v3",))


def test_an_episode_ends_before_metaworld_ends_it() -> None:
    MetaWorldParams(max_steps=125, action_repeat=4)
    with pytest.raises(
        ValidationError, match="126 times action_repeat 4 is 504, expected at most 500"
    ):
        MetaWorldParams(max_steps=126, action_repeat=4)
