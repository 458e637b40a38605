"""Every moment is work, waiting or neither, and metrics are those since the last reading."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lapa.training.common import step_clock
from lapa.training.common.step_clock import StepClock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that a test sets, in seconds."""
    moment = SimpleNamespace(seconds=0.0)
    clock = SimpleNamespace(perf_counter=lambda: moment.seconds)
    monkeypatch.setattr(step_clock, "time", clock)
    return moment


def test_waiting_and_work_are_told_apart(now: SimpleNamespace) -> None:
    clock = StepClock()
    now.seconds = 1.0
    clock.waited()
    now.seconds = 4.0
    clock.worked(samples=8)
    metrics = clock.metrics()
    assert metrics["train/samples_per_second"] == pytest.approx(8 / 4)
    assert metrics["train/data_wait_fraction"] == pytest.approx(1 / 4)


def test_what_is_skipped_counts_for_nothing(now: SimpleNamespace) -> None:
    clock = StepClock()
    now.seconds = 100.0
    clock.skipped()
    now.seconds = 102.0
    clock.worked(samples=4)
    assert clock.metrics()["train/samples_per_second"] == pytest.approx(2)


def test_a_reading_starts_anew(now: SimpleNamespace) -> None:
    clock = StepClock()
    now.seconds = 5.0
    clock.waited()
    clock.worked(samples=100)
    clock.metrics()
    now.seconds = 6.0
    clock.worked(samples=3)
    metrics = clock.metrics()
    assert metrics["train/samples_per_second"] == pytest.approx(3)
    assert metrics["train/data_wait_fraction"] == 0
