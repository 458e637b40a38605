"""Mixtures: shares as asked, nothing repeated before the rest was seen, resumable like any other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.loading.loader import training_loader
from lapa.data.loading.mixing import mix, mixture_table, open_mixed_pairs
from lapa.data.loading.pairs import open_pairs
from lapa.params.ingestion import SplitParams
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set


@pytest.fixture
def datasets(tmp_path: Path) -> dict[str, Any]:
    large = tiny_shard_set(tmp_path / "large", n=10, frames=12, size=16)
    small = tiny_shard_set(tmp_path / "small", n=5, frames=7, size=16, seed=1)
    spec = PairSpec(horizon_s=0.3)
    return {"large": open_pairs(large, "train", spec), "small": open_pairs(small, "train", spec)}


@pytest.mark.parametrize(
    ("balance", "weights", "shares"),
    [
        ("frames", None, [72 / 88, 16 / 88]),
        ("episodes", None, [8 / 12, 4 / 12]),
        ("sqrt", None, [72**0.5 / (72**0.5 + 4), 4 / (72**0.5 + 4)]),
        ("explicit", {"small": 3, "large": 1}, [0.25, 0.75]),
    ],
)
def test_shares_are_resolved(
    datasets: dict[str, Any], balance: Any, weights: Any, shares: list[float]
) -> None:
    mixture = mix(datasets, balance=balance, weights=weights)
    assert [part.weight for part in mixture.parts] == pytest.approx(shares)
    assert mixture.samples_per_epoch == pytest.approx(88, abs=1)
    drawn = Counter(mixture.locate(i)[0] for i in mixture.epoch_positions(0))
    assert [drawn[0], drawn[1]] == [part.drawn for part in mixture.parts]
    assert "small" in mixture_table(mixture)


def test_each_part_is_walked_through_without_favorites(datasets: dict[str, Any]) -> None:
    mixture = mix(datasets, balance="explicit", weights={"large": 1, "small": 1})
    counts = Counter(np.concatenate([mixture.epoch_positions(e) for e in range(18)]).tolist())
    assert len(counts) == len(mixture) == 88
    large = [counts[i] for i in range(72)]
    small = [counts[i] for i in range(72, 88)]
    assert max(large) - min(large) <= 1
    assert max(small) - min(small) <= 1


def test_resume_and_ids(datasets: dict[str, Any]) -> None:
    mixture = mix(datasets, balance="sqrt", seed=4)
    whole = [
        b["sample_id"].tolist()
        for b in training_loader(mixture, batch_size=8, seed=0, max_steps=30)
    ]
    rest = training_loader(mixture, batch_size=8, seed=0, max_steps=30, start_step=17)
    assert [b["sample_id"].tolist() for b in rest] == whole[17:]
    part, position = mixture.locate(80)
    np.testing.assert_array_equal(mixture[80]["frames"], datasets["small"][position]["frames"])
    assert (part, position) == (1, 8)


def test_the_datasets_of_one_shard_set_are_mixed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = moving_square_episodes(6, 12, 16, source="many")
    few = moving_square_episodes(2, 12, 16, source="few")
    shard_set = tiny_shard_set(
        tmp_path, episodes=[*many, *few], size=16, split=SplitParams(val_fraction=0)
    )
    with caplog.at_level("INFO"):
        mixture = open_mixed_pairs(
            shard_set,
            "train",
            PairSpec(horizon_s=0.3),
            balance="explicit",
            weights={"few": 1, "many": 1},
        )
    assert "mixture of split train" in caplog.text
    drawn = Counter(mixture.sample(int(i))["dataset"] for i in mixture.epoch_positions(0))
    assert drawn == {"few": 36, "many": 36}


def test_wrong_weights_are_refused(datasets: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected a positive one for each of"):
        mix(datasets, balance="explicit", weights={"large": 1})
    with pytest.raises(ValueError, match="expected a positive one for each of"):
        mix(datasets, balance="explicit", weights={"large": 1, "small": 0})
