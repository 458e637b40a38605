"""Entropies, purity and bins against other implementations."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score

from lapa.evaluation.codes.motion_bins import cells, octants
from lapa.evaluation.codes.token_information import information, joint_counts, purity
from lapa.evaluation.codes.with_sequence import with_sequence
from toys.pair_tables import action_codes


def test_nmi_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(5, size=(200, 2))
    labels = (codes[:, 0] + rng.integers(2, size=200)) % 4
    measured = information(joint_counts(codes, labels, tokens=5, num_labels=4)).normalized
    expected = [normalized_mutual_info_score(labels, code) for code in codes.T]
    assert measured == pytest.approx(expected)


def test_a_label_that_is_the_code_leaves_nothing_and_a_constant_code_has_no_share() -> None:
    codes = np.stack([np.arange(60) % 6, np.zeros(60, np.int64)], axis=1)
    told = information(joint_counts(codes, codes[:, 0], tokens=6, num_labels=6))
    assert told.left_of_token[0] == pytest.approx(0)
    assert told.of_label == pytest.approx([1, 0])
    assert np.isnan(told.left_of_token[1])


def test_purity_counts_the_commonest_label_of_every_token() -> None:
    codes = np.array([[0], [0], [0], [1]])
    counts = joint_counts(codes, np.array([0, 0, 1, 1]), tokens=2, num_labels=2)
    assert purity(counts) == pytest.approx([0.75])


def test_octants_are_centred_on_right_and_down() -> None:
    motion = np.array([[1, 0.1], [0, 1], [-1, -0.1], [0, -1], [1, -0.1], [1, 1]])
    assert octants(motion).tolist() == [0, 2, 4, 6, 0, 1]


def test_cells_hold_about_thirty_pairs() -> None:
    values = np.random.default_rng(0).normal(size=(1000, 2))
    number = cells(values)
    assert np.unique(number).tolist() == list(range(25))  # (1000 / 30) ** (1 / 2) = 5.8
    assert np.bincount(number).mean() == 40


def test_rare_sequences_share_a_token() -> None:
    table = with_sequence(action_codes(pairs=600))
    sequence = table.discrete[:, -1]
    counts = np.bincount(sequence)
    assert table.discrete.shape == (600, 3)
    assert counts[1:].min() >= 10
    assert table.codebook_size == len(counts)
    of_rare = {tuple(codes) for codes in table.discrete[sequence == 0, :2].tolist()}
    assert len(of_rare) > 10
