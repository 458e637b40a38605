"""A seeded order in which every group has its turn."""

from __future__ import annotations

import numpy as np

from lapa.data.loading.in_turn import in_turn

GROUPS = np.array([0] * 12 + [1] * 5 + [2] * 1)


def test_every_group_has_its_turn_until_it_has_no_more() -> None:
    order = np.random.default_rng(3).permutation(len(GROUPS))
    arranged = in_turn(order, GROUPS)
    assert sorted(arranged.tolist()) == list(range(len(GROUPS)))
    assert sorted(GROUPS[arranged[:3]].tolist()) == [0, 1, 2]
    assert sorted(GROUPS[arranged[3:5]].tolist()) == [0, 1]
    assert GROUPS[arranged[-7:]].tolist() == [0] * 7


def test_within_a_group_the_order_stays() -> None:
    order = np.random.default_rng(4).permutation(len(GROUPS))
    arranged = in_turn(order, GROUPS)
    for group in range(3):
        assert (
            arranged[GROUPS[arranged] == group].tolist() == order[GROUPS[order] == group].tolist()
        )
