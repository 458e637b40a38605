"""Kedro-Viz is given the scorecard of a report, by the name of the type it draws."""

from __future__ import annotations

import inspect
from pathlib import Path

from lapa.datasets.report import ScoredReportDataset
from toys.scorecards import noisy, written


def test_the_scorecard_is_the_preview(tmp_path: Path) -> None:
    folder = written(tmp_path / "laq_page", noisy(5))
    dataset = ScoredReportDataset(filepath=str(folder), table="scorecard.csv")
    preview = dataset.preview()
    assert preview["columns"][:3] == ["analysis", "metric", "value"]
    assert [row[1] for row in preview["data"]] == ["mean", "bare"]
    assert [row[-1] for row in preview["data"]] == ["passes", "unclear"]
    assert "NaN" not in str(preview)
    assert inspect.signature(dataset.preview).return_annotation == "TablePreview"
