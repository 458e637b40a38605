"""Memory and waiting are told process by process, where there are several."""

from __future__ import annotations

import pytest

from lapa.distributed.memory import peak_memory_gib
from lapa.metrics.glossary import training_entry
from lapa.training.common import monitoring
from lapa.training.common.monitoring import monitored
from lapa.training.common.step_clock import StepClock


def worked() -> StepClock:
    clock = StepClock()
    clock.waited()
    clock.worked(samples=8)
    return clock


def test_memory_is_that_of_the_process() -> None:
    before = peak_memory_gib()
    held = bytearray(300 * 2**20)
    held[:: 2**12] = b"x" * len(held[:: 2**12])
    assert 0.25 < peak_memory_gib() - before < 0.35 or before > 1
    assert 0.01 < before < 24


def test_one_process_names_no_ranks() -> None:
    metrics = monitored(worked())
    assert metrics["train/memory_gib"] == pytest.approx(peak_memory_gib(), rel=0.1)
    assert not any("_rank_" in name for name in metrics)


def test_of_several_processes_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def beside_a_waiting_one(own: dict[str, float]) -> list[dict[str, float]]:
        return [own, own | {"train/data_wait_fraction": 0.9}]

    monkeypatch.setattr(monitoring, "objects_of_all", beside_a_waiting_one)
    metrics = monitored(worked())
    assert metrics["train/data_wait_fraction_rank_1"] == 0.9
    assert metrics["train/data_wait_fraction_rank_0"] == metrics["train/data_wait_fraction"]
    assert "train/memory_gib_rank_1" in metrics
    assert all(training_entry(name) for name in metrics)
