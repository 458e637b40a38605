"""Recordings that are no longer than the longest horizon are counted, by source."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from lapa.data.ingest import REPORT
from toys.shards import tiny_shard_set


def test_short_recordings_are_counted_in_report_and_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # at 10 Hz the longest horizon of 0.3 s is three frames: three frames hold no pair, four hold one
    with caplog.at_level(logging.INFO, logger="lapa"):
        tiny_shard_set(tmp_path, n=6, frames=[12, 3, 4, 3, 12, 12])
    facts = json.loads((tmp_path / "shards" / REPORT).read_text())["sources"]["squares"]
    assert facts["shorter_than_horizon"] == 2
    assert "squares: 2 of 6 recordings are no longer than max_horizon_s = 0.3 s" in caplog.text


def test_where_all_are_long_enough_nothing_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="lapa"):
        tiny_shard_set(tmp_path, n=5)
    facts = json.loads((tmp_path / "shards" / REPORT).read_text())["sources"]["squares"]
    assert facts["shorter_than_horizon"] == 0
    assert "no longer than" not in caplog.text
