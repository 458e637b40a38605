"""Held-out pairs of colour and shape: never in seen scenes, always asked for in unseen ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pydantic import ValidationError

from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.scene import COLORS, SHAPES
from lapa.envs.tabletop.tasks import TASKS
from lapa.params.envs import UNSEEN_PAIRS, TabletopParams

SEEDS = range(25)


def pairs(env: TabletopEnv) -> list[tuple[str, str]]:
    return list(zip(env.layout.colors, env.layout.shapes, strict=True))


@pytest.mark.parametrize("colors", [("red", "green", "blue"), tuple(COLORS)])
@pytest.mark.parametrize("num_objects", [2, 3])
def test_seen_scenes_hold_no_held_out_pair_and_unseen_ones_ask_for_one(
    colors: tuple[str, ...], num_objects: int
) -> None:
    held_out = set(UNSEEN_PAIRS.items())
    envs = {
        part: TabletopEnv(
            combinations=part, colors=colors, num_objects=num_objects, image_size=16, tasks=TASKS
        )
        for part in ("all", "seen", "unseen")
    }
    for seed in SEEDS:
        for env in envs.values():
            env.reset(seed=seed)
            assert len(set(env.layout.colors)) == num_objects
        assert not set(pairs(envs["seen"])) & held_out
        unseen = pairs(envs["unseen"])
        asked = unseen.pop(envs["unseen"].goal.object)
        assert asked in held_out
        assert not set(unseen) & held_out, "the object that is asked for is the only new thing"
        assert " ".join(asked) in envs["unseen"].instruction


def test_places_and_goal_stay_those_of_the_seed() -> None:
    envs = [TabletopEnv(combinations=part, image_size=16) for part in ("all", "seen", "unseen")]
    for seed in SEEDS:
        for env in envs:
            env.reset(seed=seed)
        one, *others = envs
        for other in others:
            assert other.goal == one.goal
            np.testing.assert_array_equal(other.layout.places, one.layout.places)
            np.testing.assert_array_equal(other.situation().tool, one.situation().tool)


def test_every_color_and_shape_is_seen() -> None:
    seen = set(itertools.product(COLORS, SHAPES)) - set(UNSEEN_PAIRS.items())
    assert {color for color, _ in seen} == set(COLORS)
    assert {shape for _, shape in seen} == set(SHAPES)


def test_unseen_needs_a_color_of_which_a_pair_is_held_out() -> None:
    with pytest.raises(ValidationError, match="combinations is 'unseen', but both shapes"):
        TabletopParams(combinations="unseen", colors=("red", "yellow"), num_objects=2)


def test_one_object_of_a_color_that_has_both_shapes_gets_another_color() -> None:
    env = TabletopEnv(combinations="unseen", colors=("red", "green"), num_objects=1, image_size=16)
    for seed in SEEDS:
        env.reset(seed=seed)
        assert pairs(env) == [("green", "cylinder")]
