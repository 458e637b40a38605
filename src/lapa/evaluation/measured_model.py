"""``checkpoint.json``: the record of the model that a report is about, kept beside its findings."""

from __future__ import annotations

from pathlib import Path

from lapa.records import Checkpoint, EvaluationReport

FILE = "checkpoint.json"


def write_measured_model(checkpoint: Checkpoint, folder: Path) -> None:
    """Keep weights' digest, notes and ancestry of the measured model."""
    (folder / FILE).write_text(checkpoint.model_dump_json(indent=2) + "\n")


def read_measured_model(report: EvaluationReport) -> Checkpoint | None:
    """The model behind a report; None where the report does not keep it."""
    file = Path(report.path) / FILE
    return Checkpoint.model_validate_json(file.read_text()) if file.is_file() else None
