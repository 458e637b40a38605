"""Training the inverse dynamics model: it learns motion, from the policy's own episodes, and resumes exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.loading.motion_stats import motion_stats
from lapa.data.loading.robot import open_robot
from lapa.models.inverse_dynamics.storage import load_inverse_dynamics
from lapa.params.finetune import FinetuneParams
from lapa.params.inverse_dynamics import InverseDynamicsParams
from lapa.params.labeled_episodes import LabeledEpisodes
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet
from lapa.training.common.labeled_episodes import choose_episodes, require_same_episodes
from lapa.training.inverse_dynamics import fit
from lapa.training.inverse_dynamics.data import open_labeled_pairs
from lapa.training.policy.labeled import open_labeled
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.1)
EPISODES = LabeledEpisodes(labeled_episodes=12, seed=3)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("shards"), n=20, size=16)


def params(**trainer: Any) -> InverseDynamicsParams:
    settings = {"max_steps": 60, "batch_size": 32, "validate_every": 30, "num_threads": 1}
    return InverseDynamicsParams.model_validate(
        {
            "model": {
                "image_size": 16,
                "channels": 8,
                "keypoints": 4,
                "hidden_dim": 32,
                "dropout": 0,
            },
            "optimizer": {"learning_rate": 1e-2, "warmup_steps": 2},
            "trainer": settings | {"accelerator": "cpu", **trainer},
        }
    )


def trained(shards: ShardSet, work: Path, **trainer: Any) -> Checkpoint:
    return fit(
        shards=shards, episodes=EPISODES, pair_spec=SPEC, params=params(**trainer), work=work
    )


@pytest.fixture(scope="module")
def checkpoint(shards: ShardSet, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return trained(shards, tmp_path_factory.mktemp("work"))


def test_it_guesses_better_than_the_mean_action(checkpoint: Checkpoint) -> None:
    metrics = checkpoint.metrics
    assert metrics["val/mse_normalized"] < 0.5 * metrics["predict_mean/mse_normalized"]
    assert metrics["val/r2"] > 0.5
    assert {name for name in metrics if name.startswith("val/r2/")}
    assert (checkpoint.kind, checkpoint.selected_by) == ("inverse_dynamics", "val/r2_clipped")
    assert metrics["labeled_episodes"] == EPISODES.labeled_episodes


def test_its_statistics_are_of_the_labelled_episodes(
    checkpoint: Checkpoint, shards: ShardSet
) -> None:
    stats = load_inverse_dynamics(Path(checkpoint.path)).stats
    pairs = open_labeled_pairs(shards, SPEC, choose_episodes(shards, EPISODES))
    assert stats.steps == len(pairs)
    assert (stats.episodes, stats.episode_seed) == (12, 3)


def test_it_sees_the_episodes_that_the_policy_sees(shards: ShardSet) -> None:
    finetune = FinetuneParams.model_validate(
        {"labeled_episodes": 5, "trainer": {"max_steps": 40, "batch_size": 4, "seed": 7}}
    )
    policy = open_labeled(shards, SPEC, finetune, None)
    pairs = open_labeled_pairs(shards, SPEC, choose_episodes(shards, finetune.labels))
    seen = [
        np.unique(data.table.episode[data.table.clips_of(data.slots)]) for data in (policy, pairs)
    ]
    assert np.array_equal(*seen)
    assert len(seen[0]) == 5
    every = open_robot(
        shards, "train", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0
    ).num_episodes
    assert every > 5


def test_a_training_that_was_stopped_ends_as_if_it_was_not(
    shards: ShardSet, tmp_path: Path
) -> None:
    trainer = {"max_steps": 6, "checkpoint_every": 3, "validate_every": 3, "select": "last"}
    whole = trained(shards, tmp_path, **trainer)
    (tmp_path / "resume" / "step-00000006.ckpt").unlink()
    again = trained(shards, tmp_path, **trainer)
    assert (again.step, again.digest) == (6, whole.digest)
    assert again.metrics == whole.metrics


def test_a_policy_that_sees_other_episodes_is_refused(shards: ShardSet) -> None:
    stats = motion_stats(
        open_labeled_pairs(shards, SPEC, choose_episodes(shards, EPISODES)),
        shards,
        datasets=choose_episodes(shards, EPISODES).datasets,
        bins=1,
    ).model_copy(update={"episodes": 12, "episode_seed": 3})
    labels = LabelSet.model_construct(path="labels", made_by="inverse_dynamics", actions=stats)
    require_same_episodes(labels, shards, EPISODES)
    for changes in ({"labeled_episodes": 5}, {"seed": 4}):
        other = EPISODES.model_copy(update=changes)
        with pytest.raises(ValueError, match="must see the episodes that the policy sees"):
            require_same_episodes(labels, shards, other)
    quantized = labels.model_copy(update={"made_by": "quantizer"})
    require_same_episodes(quantized, shards, EPISODES.model_copy(update={"seed": 4}))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"augmentation": {"flip": 0.5}}, "flip is 0.5, expected 0"),
        ({"shard": True}, "sets shard, expected none of them"),
        ({"freeze": ["look"]}, "sets freeze"),
    ],
)
def test_what_a_small_network_has_not_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InverseDynamicsParams.model_validate(values)


def test_it_can_choose_its_precision(shards: ShardSet, tmp_path: Path) -> None:
    chosen = trained(shards, tmp_path / "auto/work", precision="auto", max_steps=4)
    given = trained(shards, tmp_path / "given/work", precision=chosen.precision, max_steps=4)
    assert chosen.digest == given.digest
