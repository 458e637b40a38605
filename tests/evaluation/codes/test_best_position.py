"""Strength of codes whose meaning is known: the action, nothing, the scene."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.associations import eta_squared, mutual_bits, quantile_bins
from lapa.evaluation.codes.best_position import best_position_score
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.score import Score
from toys.pair_tables import action_codes, random_codes


def _score(table: PairTable, *, draws: int = 40) -> Score:
    assert table.actions is not None
    columns = table.actions.astype(np.float64)
    score = best_position_score(
        "toy", "code_eta_squared", eta_squared, table, columns, draws=draws, seed=0
    )
    assert score is not None
    return score


def test_codes_that_are_the_action_hold_nearly_all_of_it() -> None:
    table = action_codes()
    assert table.actions is not None
    score = _score(table)
    assert score.verdict == "passes"
    assert score.metric.value > 0.9
    cells = np.stack([quantile_bins(column) for column in table.actions.T], axis=1)
    bits = best_position_score("toy", "bits", mutual_bits, table, cells, draws=40, seed=0)
    assert bits is not None
    assert bits.metric.value > 1.8
    assert bits.verdict == "passes"


def test_codes_that_know_nothing_stay_inside_the_null() -> None:
    verdicts = [_score(random_codes(pairs=120, seed=seed), draws=20).verdict for seed in range(100)]
    assert verdicts.count("passes") <= 5


def test_without_a_column_there_is_no_score() -> None:
    table = action_codes(pairs=60)
    empty = np.zeros((60, 0))
    assert best_position_score("toy", "x", eta_squared, table, empty, draws=5, seed=0) is None


def test_mutual_information_of_a_copy_is_its_entropy() -> None:
    token = np.arange(400) % 4
    assert mutual_bits(token, token) == pytest.approx(2.0)
