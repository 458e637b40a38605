from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.instructions import PHRASINGS
from lapa.envs.tabletop.layout import APART
from lapa.envs.tabletop.tasks import SIDE_X, TASKS, side_sign


def test_every_task_has_several_wordings() -> None:
    assert set(PHRASINGS) == set(TASKS)
    assert min(len(set(wordings)) for wordings in PHRASINGS.values()) >= 4


def test_no_wording_belongs_to_two_tasks() -> None:
    wordings = [wording for group in PHRASINGS.values() for wording in group]
    assert len(wordings) == len(set(wordings))


@pytest.mark.parametrize("task", TASKS)
def test_instruction_names_what_is_meant(task: str) -> None:
    env = TabletopEnv(tasks=(task,), image_size=16)
    seen = set()
    for seed in range(40):
        _, info = env.reset(seed=seed)
        seen.add(info["instruction"])
        assert env.layout.names[env.goal.object] in info["instruction"]
        if task in ("push", "stack"):
            assert env.layout.names[env.goal.other] in info["instruction"]
        if task == "side":
            assert env.goal.side in info["instruction"]
            x = env.layout.places[env.goal.object, 0]
            assert side_sign(env.goal.side) * x < SIDE_X
        assert "{" not in info["instruction"]
    assert len(seen) > 10


def test_objects_lie_apart() -> None:
    env = TabletopEnv(image_size=16)
    for seed in range(30):
        env.reset(seed=seed)
        places = env.layout.places
        gaps = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.eye(len(places))
        assert gaps.min() >= APART
