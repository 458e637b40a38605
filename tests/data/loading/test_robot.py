"""Robot samples: the actions that follow t, across clip borders, masked beyond the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lapa.data.loading.robot import open_robot
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.3)


@pytest.mark.parametrize("chunk", [1, 4, 30])
def test_action_chunks_follow_their_frame(tmp_path: Path, chunk: int) -> None:
    episodes = {e.episode_id: e for e in moving_square_episodes(6, [5, 12, 27])}
    shard_set = tiny_shard_set(tmp_path, episodes=list(episodes.values()))
    robot = open_robot(
        shard_set, "train", chunk=chunk, pair_spec=SPEC, max_episodes=None, seed=0, with_states=True
    )
    names = {robot.sample(i)["episode_id"] for i in range(len(robot))}
    assert len(robot) == sum(episodes[name].num_frames for name in names)
    for index in range(len(robot)):
        item, facts = robot[index], robot.sample(index)
        episode, t = episodes[facts["episode_id"]], facts["frame"]
        wanted = episode.actions[t : t + chunk]
        assert item["action_mask"].tolist() == [i < len(wanted) for i in range(chunk)]
        np.testing.assert_array_equal(item["actions"][: len(wanted)], wanted)
        assert not item["actions"][len(wanted) :].any()
        np.testing.assert_array_equal(item["states"], episode.states[t])
        assert item["instructions"] == episode.instruction
    np.testing.assert_array_equal(
        robot.all_actions(), np.stack([robot.actions_from(i)[0][0] for i in range(len(robot))])
    )


def test_subsets_are_nested_and_seeded(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, n=40, frames=5, size=16)

    def chosen(count: int, seed: int = 0) -> set[str]:
        robot = open_robot(
            shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=count, seed=seed
        )
        assert robot.num_episodes == count
        return {robot.sample(i)["episode_id"] for i in range(len(robot))}

    assert chosen(5) < chosen(10) < chosen(25)
    assert chosen(5) != chosen(5, seed=1)
    all_of_them = open_robot(shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=900, seed=0)
    assert all_of_them.num_episodes == 32


def test_a_balanced_subset_shows_every_instruction_equally_often(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, n=40, frames=5, size=16)

    def chosen(count: int, seed: int = 0) -> dict[str, str]:
        robot = open_robot(
            shard_set,
            "train",
            chunk=1,
            pair_spec=SPEC,
            max_episodes=count,
            seed=seed,
            balanced=True,
        )
        samples = [
            (robot.sample(i)["episode_id"], robot[i]["instructions"]) for i in range(len(robot))
        ]
        return dict(samples)

    kinds = len(set(chosen(900).values()))
    assert kinds > 1
    for count in (1, 2, 4):
        instructions = list(chosen(kinds * count).values())
        assert all(instructions.count(one) == count for one in set(instructions))
        assert len(set(instructions)) == kinds
    assert set(chosen(kinds)) < set(chosen(kinds + 1)) < set(chosen(2 * kinds))
    assert set(chosen(kinds)) != set(chosen(kinds, seed=1))


def test_datasets_of_other_robots_are_left_out(tmp_path: Path) -> None:
    robots = moving_square_episodes(4, 6, source="robot")
    people = moving_square_episodes(4, 6, source="people", with_actions=False)
    shard_set = tiny_shard_set(tmp_path, episodes=[*people, *robots])
    robot = open_robot(
        shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=2, seed=0, datasets=["robot"]
    )
    assert {robot.sample(i)["dataset"] for i in range(len(robot))} == {"robot"}
    assert robot.num_episodes == 2
    anything = open_robot(shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0)
    assert {anything.sample(i)["dataset"] for i in range(len(anything))} == {"robot"}
    assert anything.datasets == ("robot",)


def test_robots_of_several_widths_are_not_mixed(tmp_path: Path) -> None:
    two = moving_square_episodes(4, 6, source="two")
    three = [
        replace(
            e, source="three", action_names=(), action_units=(), actions=e.actions[:, [0, 1, 1]]
        )
        for e in two
        if e.actions is not None
    ]
    shard_set = tiny_shard_set(tmp_path, episodes=[*two, *three])
    with pytest.raises(ValueError, match=r"action dimensions .*'two': 2.*'three': 3"):
        open_robot(shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0)
    robot = open_robot(
        shard_set, "val", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0, datasets=["three"]
    )
    assert robot.action_dim == 3
    with pytest.raises(
        ValueError, match=r"split 'val' has .* expected one of \['four'\].*val_fraction"
    ):
        open_robot(
            shard_set, "val", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0, datasets=["four"]
        )


def test_action_free_video_is_refused(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, with_actions=False)
    with pytest.raises(ValueError, match="action dimensions"):
        open_robot(shard_set, "train", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0)
