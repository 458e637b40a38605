"""Pairs: tail masked, static dropped, counted, identified by slot, and exactly the right frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.loading.pairs import open_pairs
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set


def test_pairs_hold_frame_t_and_t_plus_h(tmp_path: Path) -> None:
    episodes = {e.episode_id: e for e in moving_square_episodes(6, [5, 12, 21])}
    shard_set = tiny_shard_set(tmp_path, episodes=list(episodes.values()))
    pairs = open_pairs(
        shard_set, "train", PairSpec(horizon_s=0.3), with_actions=True, with_states=True
    )
    seen = set()
    for index in range(len(pairs)):
        item, facts = pairs[index], pairs.sample(index)
        episode, t = episodes[facts["episode_id"]], facts["frame"]
        seen.add((facts["episode_id"], t))
        wanted = episode.frames([t, t + 3]).astype(int)
        assert item["frames"].dtype == np.uint8
        assert np.abs(item["frames"].astype(int) - wanted).mean() < 6
        np.testing.assert_allclose(item["actions"], episode.actions[t : t + 3].sum(0))
        np.testing.assert_array_equal(item["states"], episode.states[t])
        assert facts["time_s"] == pytest.approx(t / 10)
        assert facts["instruction"] == episode.instruction
    names = {name for name, _ in seen}
    assert seen == {(name, t) for name in names for t in range(episodes[name].num_frames - 3)}
    assert len(seen) == len(pairs) == pairs.counts["pairs"]
    assert pairs.counts["tail"] == 3 * len(names)


def test_sample_ids_do_not_depend_on_the_spec(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    short = open_pairs(shard_set, "train", PairSpec(horizon_s=0.1))
    long = open_pairs(shard_set, "train", PairSpec(horizon_s=0.3))
    frames = {
        pairs.sample(i)["sample_id"]: (pairs.sample(i)["episode_id"], pairs.sample(i)["frame"])
        for pairs in (short, long)
        for i in range(len(pairs))
    }
    for pairs in (short, long):
        for i in range(len(pairs)):
            facts = pairs.sample(i)
            assert frames[facts["sample_id"]] == (facts["episode_id"], facts["frame"])


def test_static_pairs_are_dropped_and_counted(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    everything = open_pairs(shard_set, "train", PairSpec(horizon_s=0.1), with_actions=True)
    moving = open_pairs(
        shard_set, "train", PairSpec(horizon_s=0.1, min_motion=1e-3), with_actions=True
    )
    stood = sum(not everything[i]["actions"].any() for i in range(len(everything)))
    assert stood > 0
    assert moving.counts["static"] >= stood
    assert moving.counts["static"] + moving.counts["pairs"] == everything.counts["pairs"]
    assert all(moving[i]["actions"].any() for i in range(len(moving)))


def test_one_pair_per_episode_changes_with_the_epoch(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    pairs = open_pairs(shard_set, "train", PairSpec(horizon_s=0.3, policy="one_per_episode"))
    draws = [pairs.epoch_positions(epoch) for epoch in range(60)]
    for draw in draws:
        episodes = [pairs.sample(i)["episode_id"] for i in draw]
        assert len(set(episodes)) == len(episodes) == pairs.num_episodes == 8
    assert pairs.samples_per_epoch == 8
    assert set(np.concatenate(draws).tolist()) == set(range(len(pairs)))
    np.testing.assert_array_equal(draws[5], pairs.epoch_positions(5))


def test_max_samples_is_nested_and_repeatable(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    spec = PairSpec(horizon_s=0.1)
    few, more = (
        set(open_pairs(shard_set, "train", spec, max_samples=count).slots.tolist())
        for count in (5, 20)
    )
    assert (len(few), len(more)) == (5, 20)
    assert few < more


def test_each_dataset_has_its_own_offset(tmp_path: Path) -> None:
    fast = moving_square_episodes(2, 20, source="fast", fps=20)
    slow = moving_square_episodes(2, 20, source="slow", fps=5)
    params = IngestionParams(
        image_size=32, max_horizon_s=0.4, clip_frames=8, split=SplitParams(val_fraction=0)
    )
    shard_set = ingest_inputs([as_input(fast), as_input(slow)], params=params, out=tmp_path)
    pairs = open_pairs(shard_set, "train", PairSpec(horizon_s=0.4))
    offsets = {pairs.sample(i)["dataset"]: pairs.offset(i) for i in range(len(pairs))}
    assert offsets == {"fast": 8, "slow": 2}
    only = open_pairs(shard_set, "train", PairSpec(horizon_s=0.4), datasets=["slow"])
    assert {only.sample(i)["dataset"] for i in range(len(only))} == {"slow"}
    with pytest.raises(ValueError, match=r"no dataset \['slwo'\]"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=0.4), datasets=["slwo"])


def test_impossible_requests_are_refused(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, with_actions=False)
    with pytest.raises(ValueError, match=r"horizon of 0.5 s, but the clips .* overlap by 0.3 s"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=0.5))
    with pytest.raises(ValueError, match="at least one frame"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=0.01))
    with pytest.raises(ValueError, match="holds no pair"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=0.1, min_motion=0.9))
    longer = shard_set.model_copy(update={"max_horizon_s": 2.0})
    lengths = (
        r"at 10 Hz the horizon of 2 s is 20 frames and the longest recording 12 frames \(1.2 s\)"
    )
    with pytest.raises(ValueError, match=lengths):
        open_pairs(longer, "train", PairSpec(horizon_s=2.0))
    with pytest.raises(ValueError, match=r"action dimensions \{'squares': 0\}"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=0.1), with_actions=True)


def test_episodes_not_longer_than_the_horizon_are_counted(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path, episodes=moving_square_episodes(3, [3, 4, 9]))
    pairs = open_pairs(shard_set, "train", PairSpec(horizon_s=0.3))
    lengths = [e.num_frames for e in moving_square_episodes(3, [3, 4, 9])]
    known = {pairs.sample(i)["episode_id"] for i in range(len(pairs))}
    total = pairs.counts["short_episodes"] + len(known)
    assert total == shard_set.split("train").episodes
    assert pairs.counts["short_episodes"] == lengths.count(3)
    assert pairs.counts["frames"] == sum(pairs.counts[name] for name in ("tail", "static", "pairs"))
