"""Motion over H: differences summed, targets subtracted, angles the shorter way round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lapa.data.loading.pairs import open_pairs
from lapa.data.statistics.action_motion import motion_of
from lapa.records import DatasetFacts, PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set


def facts(**known: tuple[str, ...]) -> DatasetFacts:
    return DatasetFacts.model_validate({"fps": 10.0, "episodes": 1, **known})


ACTIONS = np.array([[0.1, 3.0, 170.0], [0.2, 3.1, 175.0], [0.4, -3.1, -179.0]], np.float32)


def test_differences_add_up_and_targets_are_subtracted() -> None:
    motion = motion_of(facts(actions_are=("relative", "absolute", "absolute")), 3)
    np.testing.assert_allclose(motion.over(ACTIONS, 0, 2), [0.3, -6.1, -349.0], rtol=1e-5)


@pytest.mark.parametrize("degrees", ["deg", "Degrees", "°"])
def test_angles_take_the_shorter_way(degrees: str) -> None:
    told = facts(
        actions_are=("absolute", "absolute", "absolute"), action_units=("m", "rad", degrees)
    )
    found = motion_of(told, 3).over(ACTIONS, 0, 2)
    np.testing.assert_allclose(found, [0.3, 2 * np.pi - 6.1, 11.0], rtol=1e-5)


def test_half_a_turn_keeps_its_sign_convention() -> None:
    told = facts(actions_are=("absolute",), action_units=("deg",))
    turn = np.array([[0.0], [180.0], [-180.0]], np.float32)
    assert motion_of(told, 1).over(turn, 0, 1) == 180.0
    assert motion_of(told, 1).over(turn, 1, 1) == 0.0


def test_summed_angles_are_not_wrapped() -> None:
    told = facts(actions_are=("relative",), action_units=("rad",))
    steps = np.full((4, 1), 2.0, np.float32)
    assert motion_of(told, 1).over(steps, 0, 3) == 6.0


@pytest.mark.parametrize("known", [None, facts(), facts(actions_are=("absolute",))])
def test_what_nobody_knows_is_summed(known: DatasetFacts | None) -> None:
    np.testing.assert_allclose(motion_of(known, 3).over(ACTIONS, 0, 2), ACTIONS[:2].sum(axis=0))


def test_pairs_of_targets_hold_motion_and_not_pose(tmp_path: Path) -> None:
    """Moving squares whose actions are the next position, far from the origin."""
    episodes = [
        replace(e, actions=1000 + np.roll(e.states, -1, axis=0), actions_are=("absolute",) * 2)
        for e in moving_square_episodes(10, 12)
        if e.states is not None
    ]
    pairs = open_pairs(
        tiny_shard_set(tmp_path, episodes=episodes),
        "train",
        PairSpec(horizon_s=0.2),
        with_actions=True,
    )
    by_id = {episode.episode_id: episode for episode in episodes}
    assert len(pairs) > 20
    for index in range(len(pairs)):
        where = pairs.sample(index)
        actions, t = by_id[where["episode_id"]].actions, where["frame"]
        assert actions is not None
        np.testing.assert_allclose(pairs[index]["actions"], actions[t + 2] - actions[t])


def test_a_split_may_hold_targets_and_differences(tmp_path: Path) -> None:
    relative = [
        replace(e, source="steps", actions_are=("relative",) * 2)
        for e in moving_square_episodes(6, 12)
    ]
    absolute = [
        replace(e, source="poses", actions_are=("absolute",) * 2)
        for e in moving_square_episodes(6, 12)
    ]
    shards = tiny_shard_set(tmp_path, episodes=[*relative, *absolute])
    pairs = open_pairs(shards, "train", PairSpec(horizon_s=0.3), with_actions=True)
    by_id = {(e.source, e.episode_id): e.actions for e in (*relative, *absolute)}
    for index in range(len(pairs)):
        where = pairs.sample(index)
        actions, t = by_id[where["dataset"], where["episode_id"]], where["frame"]
        assert actions is not None
        summed, moved = actions[t : t + 3].sum(axis=0), actions[t + 3] - actions[t]
        wanted = summed if where["dataset"] == "steps" else moved
        np.testing.assert_allclose(pairs[index]["actions"], wanted, atol=1e-5)
