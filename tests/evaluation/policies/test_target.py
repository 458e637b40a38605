"""The target for the action error: pass or fail, and how sure."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.policies.episode_errors import EpisodeErrors
from lapa.evaluation.policies.target import (
    mse_by_dataset,
    target_sentence,
    target_table,
    verdict,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric


@pytest.mark.parametrize(
    ("low", "value", "high", "expected"),
    [
        (0.01, 0.02, 0.03, "pass"),
        (0.11, 0.12, 0.13, "fail"),
        (0.04, 0.049, 0.06, "pass (the interval holds the target)"),
        (0.04, 0.05, 0.06, "fail (the interval holds the target)"),
        (None, 0.02, None, "pass (too few episodes to be sure)"),
    ],
)
def test_below_the_target_is_a_pass(
    low: float | None, value: float, high: float | None, expected: str
) -> None:
    assert verdict(Metric(name="m", value=value, low=low, high=high), 0.05) == expected


def test_every_dataset_is_judged_by_itself() -> None:
    squared = np.array([0.01] * 8 + [0.2] * 7)
    errors = EpisodeErrors(
        episodes=tuple(f"e{i}" for i in range(15)),
        datasets=("near/inner",) * 8 + ("far",) * 7,
        steps=(10,) * 15,
        dimensions=("x",),
        units=("m",),
        scales=(1.0,),
        absolute=tuple((float(np.sqrt(s)) * 10,) for s in squared),
        squared=tuple((float(s) * 10,) for s in squared),
    )
    measured = mse_by_dataset(errors, EvaluationParams())
    assert {name: m.value for name, m in measured.items()} == pytest.approx(
        {"far": 0.2, "near/inner": 0.01}
    )
    table = target_table({"": measured}, 0.05)
    assert [row[-1] for row in table.rows] == ["fail", "pass"]
    said = target_sentence({"lapa": measured}, 0.05)
    assert "lapa on far 0.200 [0.200, 0.200] fail" in said
    assert "lapa on near/inner 0.010 [0.010, 0.010] pass" in said
