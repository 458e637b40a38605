"""Endings of failed trials are counted by criterion and arm; successes are none."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lapa.evaluation.policies.failures import failures, failures_table
from lapa.evaluation.policies.outcomes import TaskOutcomes


def outcomes(*ends: str) -> TaskOutcomes:
    count = len(ends)
    return TaskOutcomes(
        seeds=tuple(range(count)),
        successes=tuple(end == "success" for end in ends),
        steps=(1,) * count,
        instructions=("",) * count,
        ends=ends,
    )


def test_only_failures_are_counted() -> None:
    assert failures(outcomes("success", "lost it", "lost it")) == {"lost it": 2}


def test_the_commonest_of_all_arms_comes_first() -> None:
    table = failures_table(
        {
            "lapa": {"lift": outcomes("success", "lost it"), "lift/dark": outcomes("success")},
            "scratch": {"lift": outcomes("never", "never", "lost it")},
        }
    )
    assert table.head == ("task", "how it failed", "lapa", "scratch")
    assert table.rows == (("lift", "lost it", "1", "1"), ("lift", "never", "0", "2"))


def test_a_trial_without_an_ending_is_refused() -> None:
    with pytest.raises(ValidationError, match="expected one of each for every scene"):
        TaskOutcomes(seeds=(1,), successes=(True,), steps=(1,), instructions=("",), ends=())
