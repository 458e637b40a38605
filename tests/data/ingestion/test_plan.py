"""Splits are exact, seeded, by episode or metadata, and independent of other sources."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lapa.data.bad_input import BadInputError, BadInputs, raise_bad
from lapa.data.ingestion.listing import EpisodeFacts, list_episodes
from lapa.data.ingestion.plan import plan_shards
from lapa.data.ingestion.splits import assign_splits, split_episodes
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input


def _facts(count: int, source: str = "s", **changes: Any) -> list[EpisodeFacts]:
    facts = {"input": 0, "source": source, "num_frames": 20, "fps": 10.0, "has_actions": True}
    return [
        EpisodeFacts(
            **{**facts, **changes},
            ordinal=i,
            episode_id=f"e{i}",
            environment=f"room-{i % 4}",
            instruction=("lift the Red cube", "push the blue cube")[i % 2],
        )
        for i in range(count)
    ]


def test_fractions_are_exact_and_seeded() -> None:
    episodes = _facts(40)
    params = SplitParams(val_fraction=0.1, test_fraction=0.05)
    splits = assign_splits(episodes, params)
    assert Counter(splits.values()) == {"train": 34, "val": 4, "test": 2}
    assert splits == assign_splits(episodes[::-1], params)
    assert splits != assign_splits(episodes, params.model_copy(update={"seed": 1}))
    more = assign_splits([*episodes, *_facts(5, "other")], params)
    assert {key: more[key] for key in splits} == splits


def test_groups_are_held_out_whole() -> None:
    params = SplitParams(
        val_fraction=0, val_environments=("room-3",), test_instructions=("red cube",)
    )
    for episode in _facts(40):
        split = assign_splits(_facts(40), params)[episode.source, episode.episode_id]
        wanted = (
            "test"
            if "Red" in episode.instruction
            else "val"
            if episode.environment == "room-3"
            else "train"
        )
        assert split == wanted


def test_a_single_episode_is_for_training() -> None:
    assert set(assign_splits(_facts(1), SplitParams(val_fraction=0.5)).values()) == {"train"}
    assert Counter(assign_splits(_facts(2), SplitParams(val_fraction=0.1)).values()) == {
        "train": 1,
        "val": 1,
    }


def test_shards_hold_whole_episodes_up_to_the_limit() -> None:
    params = IngestionParams(
        max_horizon_s=0.3,
        clip_frames=8,
        max_samples_per_shard=9,
        split=SplitParams(val_fraction=0.2),
    )
    episodes = _facts(20)
    tasks = plan_shards(split_episodes(episodes, params), params)
    assert [e for task in tasks if task.split == "train" for e in task.episodes] == sorted(
        (e for task in tasks if task.split == "train" for e in task.episodes),
        key=lambda e: e.ordinal,
    )
    assert sum(len(task.episodes) for task in tasks) == 20
    assert {len(task.episodes) for task in tasks} == {2}  # four clips each
    names = [(task.split, task.name) for task in tasks]
    assert len(set(names)) == len(names)


def test_fractions_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match=r"val_fraction \+ test_fraction is 1\.1"):
        SplitParams(val_fraction=0.6, test_fraction=0.5)


def test_an_episode_that_two_sources_hold_counts_once() -> None:
    made = moving_square_episodes(4)
    inputs = [as_input(made[:3]), as_input(made[1:]), as_input(made, name="other")]
    report = BadInputs()
    episodes = list_episodes(inputs, IngestionParams(max_horizon_s=0.3), report).episodes
    assert [(e.source, e.input, e.ordinal) for e in episodes] == [
        *(("squares", 0, i) for i in range(3)),
        ("squares", 1, 2),
        *(("other", 2, i) for i in range(4)),
    ]
    assert report.counts() == {"duplicate_id": 2}
    with pytest.raises(BadInputError, match=r"0-0001: duplicate_id: source 1 repeats"):
        list_episodes(inputs, IngestionParams(max_horizon_s=0.3), raise_bad)
