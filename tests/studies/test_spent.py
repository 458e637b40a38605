"""Seconds of a run are those of all its pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.studies import spent
from lapa.studies.spent import counted, seconds_spent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says, one reading after the other."""
    readings: list[float] = []
    monkeypatch.setattr(spent.time, "perf_counter", lambda: readings.pop(0))
    return readings


def test_pieces_add_up_also_those_that_were_stopped(tmp_path: Path, clock: list[float]) -> None:
    scratch = tmp_path / "laq-s0-1234"
    assert seconds_spent(scratch) == 0.0
    clock += [10.0, 40.5, 100.0, 101.0]
    with pytest.raises(SystemExit), counted(scratch):
        raise SystemExit(143)
    assert seconds_spent(scratch) == 30.5
    with counted(scratch):
        pass
    assert seconds_spent(scratch) == 31.5
