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


def test_the_time_of_a_step_is_told_by_its_middle_and_its_worst(now: SimpleNamespace) -> None:
    clock = StepClock()
    for wait, work in [(0.0, 1.0), (0.5, 1.0), (4.0, 1.0)]:
        now.seconds += wait
        clock.waited()
        now.seconds += work
        clock.worked(samples=8)
        now.seconds += 100.0
        clock.skipped()
    metrics = clock.metrics()
    assert metrics["train/step_seconds_median"] == pytest.approx(1.5)
    assert metrics["train/step_seconds_max"] == pytest.approx(5.0)


def test_only_what_the_loader_took_is_waiting(now: SimpleNamespace) -> None:
    clock = StepClock()
    now.seconds = 10.0  # a checkpoint of 9 seconds, then the batch
    clock.waited(1.0)
    now.seconds = 13.0
    clock.worked(samples=4)
    assert clock.metrics()["train/data_wait_fraction"] == pytest.approx(1 / 4)
