"""Permutations stay inside a dataset and keep neighbours together."""

from __future__ import annotations

import numpy as np

from lapa.evaluation.statistics.episode_permutation import shuffled_labels, shuffled_rows

EPISODES = np.repeat(np.arange(12), 10)
DATASET = np.where(EPISODES % 2 == 0, "a", "b")


def test_rows_are_permuted_inside_a_dataset() -> None:
    rows = shuffled_rows(EPISODES, DATASET, np.random.default_rng(0))
    assert sorted(rows.tolist()) == list(range(120))
    np.testing.assert_array_equal(DATASET[rows], DATASET)
    assert (EPISODES[rows] != EPISODES).mean() > 0.5


def test_neighbours_stay_neighbours() -> None:
    rows = shuffled_rows(EPISODES, DATASET, np.random.default_rng(0))
    follows = np.diff(rows)[np.diff(EPISODES) == 0]
    assert (follows == 1).mean() > 0.8


def test_one_episode_is_turned_round() -> None:
    rows = shuffled_rows(np.zeros(50, np.int64), np.zeros(50), np.random.default_rng(1))
    assert sorted(rows.tolist()) == list(range(50))
    assert rows[0] != 0


def test_labels_of_whole_episodes_are_exchanged_inside_a_dataset() -> None:
    labels = EPISODES * 10
    exchanged = shuffled_labels(EPISODES, labels, DATASET, np.random.default_rng(0))
    assert (exchanged != labels).any()
    for dataset in "ab":
        inside = dataset == DATASET
        assert set(exchanged[inside]) == set(labels[inside])
    assert all(len(set(exchanged[episode == EPISODES])) == 1 for episode in range(12))
