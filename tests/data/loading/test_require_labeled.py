from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.loading.require_labeled import require_labeled
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set


def test_a_robot_whose_actions_nobody_holds_out_is_refused(tmp_path: Path) -> None:
    episodes = list(moving_square_episodes(n=6, seed=0))
    arm = [replace(episode, instruction="push", source="arm") for episode in episodes[:3]]
    hand = [replace(episode, instruction="pull", source="hand") for episode in episodes[3:]]
    hand[0] = replace(hand[0], instruction="wave")
    split = SplitParams(val_fraction=0, val_instructions=("wave",))
    params = IngestionParams(image_size=32, max_horizon_s=0.1, split=split)
    shards = ingest_inputs([as_input(arm), as_input(hand)], params=params, out=tmp_path / "shards")
    require_labeled(shards, "hand")
    with pytest.raises(ValueError, match=r"'val' holds actions of \['hand'\], expected 'arm'"):
        require_labeled(shards, "arm")


def test_a_state_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with_states = list(moving_square_episodes(n=5, seed=0))
    without = [replace(episode, states=None, state_names=()) for episode in with_states]
    require_labeled(tiny_shard_set(tmp_path / "a", episodes=with_states), None, with_states=True)
    shards = tiny_shard_set(tmp_path / "b", episodes=without)
    require_labeled(shards, None)
    with pytest.raises(ValueError, match=r"hold no state of the robot.*finetune\.use_state=false"):
        require_labeled(shards, None, with_states=True)
