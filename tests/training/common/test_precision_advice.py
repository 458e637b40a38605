"""A hint where bfloat16 is slower than float32, and only there."""

from __future__ import annotations

import pytest
import torch

from lapa.training.common import precision_advice
from lapa.training.common.precision_advice import advise_precision, product_seconds

CPU = torch.device("cpu")


@pytest.fixture
def bfloat16_costs_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {torch.float32: 1.0, torch.bfloat16: 2.0}
    monkeypatch.setattr(precision_advice, "product_seconds", seconds.__getitem__)


@pytest.mark.usefixtures("bfloat16_costs_time")
def test_hint_says_how_slow(caplog: pytest.LogCaptureFixture) -> None:
    advise_precision("bf16-mixed", CPU)
    (record,) = caplog.records
    assert "at 0.5 times the speed of float32" in record.getMessage()


@pytest.mark.usefixtures("bfloat16_costs_time")
def test_no_hint_where_nobody_asked_for_bfloat16(caplog: pytest.LogCaptureFixture) -> None:
    advise_precision("32-true", CPU)
    advise_precision("bf16-mixed", torch.device("meta"))
    assert not caplog.records


def test_no_hint_where_bfloat16_is_faster(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = {torch.float32: 2.0, torch.bfloat16: 1.0}
    monkeypatch.setattr(precision_advice, "product_seconds", seconds.__getitem__)
    advise_precision("bf16-mixed", CPU)
    assert not caplog.records


def test_a_product_takes_time() -> None:
    assert 0 < product_seconds(torch.float32) < 10
