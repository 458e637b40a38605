"""Frames made square in another way than an imported quantizer expects are told, not refused."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from lapa.labeling.frames import warn_of_other_frames
from toys.quantizers import tiny_laq
from toys.shards import tiny_shard_set


@pytest.mark.parametrize(("expected", "warns"), [(None, False), ("crop", False), ("squash", True)])
def test_only_another_way_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, expected: Any, warns: bool
) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    laq = tiny_laq(tmp_path / "laq").model_copy(update={"resize": expected})
    with caplog.at_level(logging.WARNING):
        warn_of_other_frames(laq, shards)
    assert ("ingest with ingestion.resize=squash" in caplog.text) == warns
