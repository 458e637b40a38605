"""Reports: metrics, plots and, for the final one, a page to read."""

from __future__ import annotations

from typing import Any

from lapa.datasets.previews import ImagePreview, TablePreview, csv_preview, png_preview
from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import EvaluationReport, require_same


class ReportDataset(RecordFolderDataset[EvaluationReport]):
    """A report folder; Kedro-Viz shows one of its plots.

    Args:
        filepath: folder of the report.
        plot: file of the folder to preview.
        metadata: passed through untouched; Kedro-Viz reads its layer here.

    Example:
        ```yaml
        laq_report:
          type: lapa.datasets.report.ReportDataset
          filepath: data/08_reporting/main/laq
          plot: reconstructions.png
        ```
    """

    record_class = EvaluationReport

    def __init__(self, *, filepath: str, plot: str, metadata: dict[str, Any] | None = None) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        self._plot = plot

    def check(self, record: EvaluationReport) -> None:
        """Refuse a report whose metrics, ancestry or files were changed.

        Raises:
            ValueError: they were.
        """
        if record.digest:
            require_same(
                f"digest of report {record.path}",
                record.content_digest(),
                record.digest,
                remedy="its files were changed after it was written: delete it and evaluate again",
            )

    def preview(self) -> ImagePreview:  # type: ignore[override]  # Kedro-Viz reads its name
        """The plot that stands for the report."""
        return png_preview(self._filepath / self._plot)


class ScoredReportDataset(ReportDataset):
    """A report about codes; Kedro-Viz shows its scorecard.

    Args:
        filepath: folder of the report.
        table: CSV file of the folder to preview.
        metadata: passed through untouched; Kedro-Viz reads its layer here.
    """

    def __init__(
        self, *, filepath: str, table: str, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, plot="", metadata=metadata)
        self._table = table

    def preview(self) -> TablePreview:  # type: ignore[override]  # Kedro-Viz reads its name
        """The table that stands for the report."""
        return csv_preview(self._filepath / self._table)
