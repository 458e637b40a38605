"""Which episodes a policy learns from when a shard set holds several robots, people, and still joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lapa.data.episode import Episode
from lapa.models.policy.storage import load_policy
from lapa.models.storage import read_config
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.params.policy import PolicyModelParams
from lapa.records import PairSpec, ShardSet
from lapa.training.policy.labeled import open_labeled
from toys.episodes import moving_square_episodes
from toys.policies import finetuned
from toys.shards import tiny_shard_set


def robots(source: str, width: int, n: int = 6, frames: int = 6, **changes: Any) -> list[Episode]:
    """Squares whose actions are repeated to ``width`` columns, without units."""
    made = moving_square_episodes(n, frames, source=source)
    return [
        replace(
            e,
            actions=np.tile(e.actions, (1, width))[:, :width],
            action_names=tuple(f"j{i}" for i in range(width)),
            action_units=(),
            **changes,
        )
        for e in made
        if e.actions is not None
    ]


def people(n: int = 20) -> list[Episode]:
    return moving_square_episodes(n, 6, source="people", with_actions=False)


def shard_set(folder: Path, *groups: Sequence[Episode]) -> ShardSet:
    return tiny_shard_set(folder, episodes=[e for group in groups for e in group])


def test_the_commonest_of_several_robots_is_learnt_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shards = shard_set(tmp_path, people(), robots("arm", 3, 5), robots("hand", 5, 9))
    record = finetuned(shards, tmp_path)
    assert record.datasets == ("hand",)
    assert "3 action dimensions" in caplog.text
    assert "name another one as finetune.dataset" in caplog.text
    policy = load_policy(Path(record.path))
    assert policy.stats.datasets == ("hand",)
    assert len(policy.stats.dimensions) == 5
    assert {d.unit for d in policy.stats.dimensions} == {""}
    assert record.metrics["mse_normalized"] >= 0


def test_a_named_dataset_is_learnt_instead(tmp_path: Path) -> None:
    shards = shard_set(tmp_path, people(), robots("arm", 3, 5), robots("hand", 5, 9))
    record = finetuned(shards, tmp_path, dataset="robots/arm", labeled_fraction=1.0)
    assert record.datasets == ("arm",)
    assert record.metrics["labeled_episodes"] == 4


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    shards = shard_set(tmp_path, people(), robots("arm", 3, 5))
    for name in ("leg", "people"):
        with pytest.raises(
            ValueError,
            match=rf"'{name}' \(finetune.dataset\) with actions, found 'arm' \(3 action dim",
        ):
            finetuned(shards, tmp_path, dataset=f"robots/{name}")


def test_video_alone_has_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a dataset with actions, found none"):
        finetuned(shard_set(tmp_path, people()), tmp_path)


def test_datasets_that_mean_the_same_are_learnt_together(tmp_path: Path) -> None:
    shards = shard_set(tmp_path, people(), robots("lab", 2), robots("kitchen", 2))
    assert finetuned(shards, tmp_path).datasets == ("kitchen", "lab")


def test_equal_widths_of_other_meaning_are_kept_apart(tmp_path: Path) -> None:
    poses = robots("poses", 2, 9, actions_are=("absolute", "absolute"))
    shards = shard_set(tmp_path, robots("steps", 2), poses)
    assert finetuned(shards, tmp_path).datasets == ("poses",)


def test_the_fraction_counts_episodes_with_actions_alone(tmp_path: Path) -> None:
    shards = shard_set(tmp_path, people(30), robots("arm", 2, 10))
    record = finetuned(shards, tmp_path, labeled_fraction=0.5)
    assert record.metrics["labeled_episodes"] == 4


def test_names_that_no_metric_may_have_are_mended(tmp_path: Path) -> None:
    names = ("arm/joint (rad)", "arm/joint (rad)", "")
    made = [replace(e, action_names=names) for e in robots("arm", 3)]
    record = finetuned(shard_set(tmp_path, made), tmp_path)
    stats = load_policy(Path(record.path)).stats
    assert [d.name for d in stats.dimensions] == [
        "arm_joint _rad_",
        "arm_joint _rad__2",
        "dimension_2",
    ]
    assert "mse/arm_joint _rad_" in record.metrics


def test_a_state_that_stands_still_is_left_out_by_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def with_still(episode: Episode) -> Episode:
        noise = np.random.default_rng(0).normal(size=(episode.num_frames, 1)).round() * 0.06
        states = np.hstack([episode.states, 1e6 + noise]).astype(np.float32)
        return replace(episode, states=states, state_names=("x", "y", "waist"))

    shards = shard_set(tmp_path, [with_still(e) for e in robots("arm", 2)])
    record = finetuned(shards, tmp_path, use_state=True)
    config = read_config(Path(record.path), PolicyModelParams)
    assert config.states_left_out == ("waist",)
    assert config.state_names == ("x", "y", "waist")
    assert "left out: waist" in caplog.text
    policy = load_policy(Path(record.path))
    images, texts = torch.zeros(1, 32, 32, 3, dtype=torch.uint8), ["move"]
    here, moved = (policy.predict(images, texts, torch.tensor([[4.0, 4.0, w]])) for w in (1e6, 0.0))
    torch.testing.assert_close(here, moved)


def test_an_action_that_stands_still_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def with_still(episode: Episode) -> Episode:
        still = np.full((episode.num_frames, 1), 0.3, np.float32)
        return replace(episode, actions=np.hstack([episode.actions, still]))

    caplog.set_level("INFO")
    made = [replace(with_still(e), action_names=("dx", "dy", "waist")) for e in robots("arm", 2)]
    record = finetuned(shard_set(tmp_path, made), tmp_path)
    assert load_policy(Path(record.path)).stats.still == ("waist",)
    assert "stand still in the labelled episodes: waist" in caplog.text


def test_no_held_out_episode_of_the_dataset_is_said_before_training(tmp_path: Path) -> None:
    shards = shard_set(tmp_path, robots("arm", 2, 1), robots("hand", 3, 4, frames=2), people())
    with pytest.raises(ValueError, match=r"split 'val' .*expected one of \['arm'\].*val_fraction"):
        finetuned(shards, tmp_path, dataset="robots/arm")


def test_balanced_labels_show_every_instruction(tmp_path: Path) -> None:
    """Of 32 squares in three colours: three episodes in a row rarely have all of them."""
    shards = tiny_shard_set(tmp_path, n=40, frames=5, size=16)

    def instructions(seed: int, balance: str) -> set[str]:
        trainer = TrainerParams(max_steps=60, batch_size=4, seed=seed)
        params = FinetuneParams.model_validate(
            {"labeled_episodes": 3, "labeled_balance": balance, "trainer": trainer}
        )
        dataset = open_labeled(shards, PairSpec(horizon_s=0.1), params, None)
        assert dataset.num_episodes == 3
        return {dataset[i]["instructions"] for i in range(len(dataset))}

    assert all(len(instructions(seed, "instruction")) == 3 for seed in range(4))
    assert any(len(instructions(seed, "none")) < 3 for seed in range(4))


def test_a_policy_knows_its_rate_where_all_its_episodes_have_one(tmp_path: Path) -> None:
    """The made-up recordings play at 10 Hz."""
    made = robots("arm", 3, 4)
    faster = [replace(e, episode_id=f"fast_{e.episode_id}", fps=20.0) for e in made]
    for name, episodes, rate in (("one", made, 10.0), ("two", [*made, *faster], None)):
        record = finetuned(shard_set(tmp_path / name, episodes), tmp_path / name)
        assert read_config(Path(record.path), PolicyModelParams).control_hz == rate
