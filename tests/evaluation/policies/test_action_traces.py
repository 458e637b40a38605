"""A trace holds every frame of its episode once: what was done there, and the first action of its chunk."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.evaluation.policies.action_traces import ActionTrace, action_traces
from lapa.evaluation.policies.held_out_actions import HeldOutActions
from lapa.records import PairSpec
from toys.shards import tiny_shard_set

CHUNK = 3


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> RobotDataset:
    shards = tiny_shard_set(tmp_path_factory.mktemp("shards"), n=5, frames=[12, 20])
    return open_robot(
        shards,
        "train",
        chunk=CHUNK,
        pair_spec=PairSpec(horizon_s=0.1),
        max_episodes=None,
        seed=0,
    )


def held_out(frames: RobotDataset) -> HeldOutActions:
    """A policy that is right about the first action of a chunk, and 1 off afterwards."""
    rows = [frames.actions_from(index) for index in range(len(frames))]
    actions = np.concatenate([chunk[mask] for chunk, mask in rows])
    first = np.concatenate([np.arange(CHUNK)[mask] == 0 for _, mask in rows])
    samples = np.concatenate([np.full(mask.sum(), i) for i, (_, mask) in enumerate(rows)])
    return HeldOutActions(
        actions=actions,
        predicted=actions + ~first[:, None],
        clips=frames.table.clips_of(frames.slots[samples]),
        samples=samples,
        dataset=frames,
    )


def test_every_frame_is_there_once_with_its_own_action(frames: RobotDataset) -> None:
    traces = action_traces(held_out(frames), most=2)
    assert len({trace.episode for trace in traces}) == 2
    start = 0
    for trace in traces:
        count = len(trace.times_s)
        assert (np.diff(trace.times_s) > 0).all()
        np.testing.assert_array_equal(trace.true, frames.all_actions()[start : start + count])
        np.testing.assert_array_equal(trace.predicted, trace.true)
        start += count


def test_no_more_episodes_than_there_are(frames: RobotDataset) -> None:
    traces: list[ActionTrace] = action_traces(held_out(frames), most=50)
    assert len(traces) == frames.num_episodes
    assert sum(len(trace.times_s) for trace in traces) == len(frames)
    assert action_traces(held_out(frames), most=0) == []
