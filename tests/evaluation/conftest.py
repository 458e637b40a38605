"""Fixtures that every test of the evaluation shares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lapa.evaluation.codes.evaluate import evaluate_laq
from lapa.evaluation.section import Evidence
from lapa.params.evaluation import EvaluationParams
from lapa.records import EvaluationReport, ShardSet
from toys.world import EVALUATION, World, make_world, untrained_laq


@pytest.fixture(scope="session")
def evaluation() -> EvaluationParams:
    """Parameters in miniature."""
    return EVALUATION


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


MeasureLaq = Callable[..., EvaluationReport]


@pytest.fixture
def measure_laq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MeasureLaq:
    """Evaluate a quantiser of random weights; plots take most of the time, so they are asked for."""

    def measure(
        shards: ShardSet,
        *,
        params: EvaluationParams = EVALUATION,
        plots: bool = False,
        **model: Any,
    ) -> EvaluationReport:
        if not plots:
            monkeypatch.setattr(Evidence, "plot", lambda *_: ())
        return evaluate_laq(
            shards=shards,
            laq=untrained_laq(tmp_path / "laq", shards, 10, **model),
            random_laq=untrained_laq(tmp_path / "random", shards, 0, **model),
            params=params,
            out=tmp_path / "out",
        )

    return measure
