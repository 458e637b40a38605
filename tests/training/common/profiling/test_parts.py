"""Parts of a step add up over micro-batches, and steps stay apart."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from lapa.training.common.profiling import parts as parts_module
from lapa.training.common.profiling.parts import StepParts


def test_parts_of_micro_batches_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 3.0, 6.0, 7.0, 9.0, 12.0, 13.0])
    monkeypatch.setattr(parts_module, "time", SimpleNamespace(perf_counter=lambda: next(moments)))
    parts = StepParts(torch.device("cpu"))
    parts.begin()
    for part in ("data", "forward", "backward", "data", "forward", "backward", "optimizer"):
        parts.passed(part)  # type: ignore[arg-type]
    parts.end()
    assert parts.medians() == {"data": 2.0, "forward": 4.0, "backward": 6.0, "optimizer": 1.0}
    assert parts.totals() == [13.0]


def test_what_was_waited_for_before_the_step_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10.0, 11.0])
    monkeypatch.setattr(parts_module, "time", SimpleNamespace(perf_counter=lambda: next(moments)))
    parts = StepParts(torch.device("cpu"))
    parts.begin(waited=0.5)
    parts.passed("forward")
    parts.end()
    assert parts.totals() == [1.5]


def test_between_steps_nothing_is_counted() -> None:
    parts = StepParts(torch.device("cpu"))
    parts.passed("forward")
    assert parts.steps == []
