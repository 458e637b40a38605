"""What one evaluation measured."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lapa.records.base import Record
from lapa.records.digest import digest_of, digest_of_files
from lapa.records.metrics import Metric

CLOCKED_METRICS = frozenset({"latency_ms"})
"""Metrics read off a clock: they differ between two runs of the same code, so no digest counts them."""


class EvaluationReport(Record):
    """What one evaluation measured."""

    path: str
    metrics: dict[str, tuple[Metric, ...]]
    """By subject: an arm, a quantizer (``laq``, ``random_laq``), ``policy``, or ``differences``."""
    plots: tuple[str, ...] = ()
    """Image files, relative to ``path``."""
    clips: tuple[str, ...] = ()
    """Videos of rollouts, relative to ``path``."""
    not_measured: dict[str, str] = Field(default_factory=dict)
    """Analysis -> why it could not be made; the report says so and the rest goes on."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Digest of every artefact it was measured on, by name."""
    digest: str = ""
    """SHA-256 over the metrics, the inputs and every file of the folder; `CLOCKED_METRICS` are left out."""

    def content_digest(self) -> str:
        """The digest that metrics, inputs and files have now."""
        facts = self.model_dump(mode="json", exclude={"path", "digest"})
        facts["metrics"] = {
            subject: [metric for metric in metrics if metric["name"] not in CLOCKED_METRICS]
            for subject, metrics in facts["metrics"].items()
        }
        return digest_of([facts, digest_of_files(Path(self.path))])
