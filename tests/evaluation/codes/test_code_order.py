"""Whether the order of the codes is used, where that is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.code_order import order_metrics
from lapa.evaluation.codes.decoded_pairs import choose_pairs, permuted
from toys.moving_quantizers import PARAMS, MovingLaq, decoded_patches


def test_exchanging_right_and_down_is_noticed() -> None:
    cost, turn = order_metrics(decoded_patches(MovingLaq()), "laq", PARAMS)["permuted"]
    assert cost.low > 1
    assert turn.low > 20


def test_an_order_that_nobody_reads_costs_nothing() -> None:
    decoded = decoded_patches(MovingLaq(ordered=False))
    measured = order_metrics(decoded, "laq", PARAMS)
    for condition in ("permuted", "reversed"):
        cost, _ = measured[condition]
        assert (cost.value, cost.low, cost.high) == pytest.approx((0, 0, 0))
        drawn = (decoded.by("laq", which).motion.weighted for which in ("own", condition))
        assert np.array_equal(*drawn)
    assert measured["another"][0].value > 0


def test_one_code_has_no_order() -> None:
    decoded = decoded_patches(MovingLaq())
    single = {"laq": decoded.vectors["laq"][:, :1]}
    with pytest.raises(CannotMeasureError, match="no order"):
        dataclasses.replace(decoded, vectors=single).given("laq", "permuted")


def test_no_pair_keeps_all_positions() -> None:
    vectors = np.tile(np.arange(3, dtype=np.float32)[None, :, None], (200, 1, 1))
    changed = permuted(vectors, seed=0)[:, :, 0]
    assert (changed != [0, 1, 2]).any(axis=1).all()
    assert (np.sort(changed, axis=1) == [0, 1, 2]).all()


def test_still_pairs_are_not_decoded_and_datasets_take_turns() -> None:
    table = decoded_patches(MovingLaq(), datasets=("bright", "bright", "dark")).table
    motion = dataclasses.replace(table.motion, static=np.arange(len(table)) < 9)
    still = dataclasses.replace(table, motion=motion)
    rows = choose_pairs(still, most=12, shortest=0.01, seed=0)
    assert rows.min() >= 9
    assert sorted(table.dataset[rows]).count("dark") == 6
    with pytest.raises(CannotMeasureError, match="expected at least 2"):
        choose_pairs(still, most=12, shortest=10.0, seed=0)
