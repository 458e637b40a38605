"""Which run goes next, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from lapa.studies.orders import POLICY, PRETRAINING, QUANTIZER, RunOrder
from lapa.studies.schedule import Schedule, chain_seconds, seconds_left
from toys.study_files import plan_of

SECONDS = {"data": 1.0, QUANTIZER: 10.0, "upstream": 2.0, PRETRAINING: 5.0, POLICY: 3.0}


def seconds(order: RunOrder) -> float:
    return SECONDS[order.part]


@pytest.fixture
def orders(tmp_path: Path) -> Sequence[RunOrder]:
    return list(plan_of(tmp_path).runs.values())


def parts(schedule: Schedule, number: int) -> list[RunOrder]:
    begun = schedule.ready(seconds)[:number]
    for order in begun:
        schedule.begin(order)
    return begun


def test_ancestors_go_first_and_of_those_that_can_the_longest_chain(
    orders: Sequence[RunOrder],
) -> None:
    schedule = Schedule(orders)
    (data,) = parts(schedule, 2)
    assert data.part == "data", "all others wait for it"
    schedule.finish(data)
    first, second = parts(schedule, 3)
    assert (first.part, second.arm) == (QUANTIZER, "scratch")


def test_a_failed_run_takes_its_descendants_along_and_no_others(orders: Sequence[RunOrder]) -> None:
    schedule = Schedule(orders)
    (data,) = parts(schedule, 1)
    schedule.finish(data)
    (laq,) = parts(schedule, 1)
    schedule.fail(laq)
    assert set(schedule.given_up.values()) == {laq.name}
    assert [order.arm for order in schedule.waiting] == ["scratch"]


def test_the_time_left_is_the_work_shared_out_but_no_less_than_the_longest_chain(
    orders: Sequence[RunOrder],
) -> None:
    chains = chain_seconds(orders, seconds)
    assert chains[orders[0].name] == 1 + 10 + 5 + 3
    work = sum(map(seconds, orders))
    assert seconds_left([], orders, seconds, jobs=1) == work
    assert seconds_left([], orders, seconds, jobs=100) == 19
    assert seconds_left([40.0], orders, seconds, jobs=100) == 40
    assert seconds_left([], [], seconds, jobs=2) == 0
