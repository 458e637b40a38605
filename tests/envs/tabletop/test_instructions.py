from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.instructions import PHRASINGS, UNSEEN_WORDINGS, wordings_of
from lapa.envs.tabletop.layout import APART
from lapa.envs.tabletop.tasks import SIDE_X, TASKS, side_sign


def test_every_task_has_several_wordings() -> None:
    assert set(PHRASINGS) == set(TASKS)
    assert min(len(set(wordings)) for wordings in PHRASINGS.values()) >= 4


def test_no_wording_belongs_to_two_tasks() -> None:
    wordings = [wording for group in PHRASINGS.values() for wording in group]
    assert len(wordings) == len(set(wordings))


def test_of_every_task_some_wordings_are_held_out() -> None:
    assert {w for group in PHRASINGS.values() for w in group} >= UNSEEN_WORDINGS
    for task in TASKS:
        seen, unseen = wordings_of(task, "seen"), wordings_of(task, "unseen")
        assert len(seen) >= 3
        assert 1 <= len(unseen) <= 2
        assert sorted(seen + unseen) == sorted(wordings_of(task))


@pytest.mark.parametrize("task", TASKS)
def test_seen_and_unseen_wordings_ask_the_same_of_the_same_scene(task: str) -> None:
    envs = {
        part: TabletopEnv(tasks=(task,), wordings=part, image_size=16)
        for part in ("seen", "unseen")
    }
    said: dict[str, set[str]] = {"seen": set(), "unseen": set()}
    for seed in range(20):
        for part, env in envs.items():
            env.reset(seed=seed)
            said[part].add(env.instruction.replace(env.layout.names[env.goal.object], "it"))
        assert envs["seen"].goal == envs["unseen"].goal
        assert envs["seen"].layout.names == envs["unseen"].layout.names
    assert not said["seen"] & said["unseen"]


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
