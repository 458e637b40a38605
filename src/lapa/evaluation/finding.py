"""What an analysis says: metrics, what the page shows, sentences; kept beside the report it belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import Field, JsonValue

from lapa.evaluation.blocks import Block, Plot, Videos, opened
from lapa.evaluation.score import Score
from lapa.records import CLOCKED_FINDINGS, CLOCKED_METRICS, EvaluationReport, Metric, Record

FILE = "findings.json"
Metrics = dict[str, tuple[Metric, ...]]
"""Metrics by subject, as `EvaluationReport.metrics` has them."""


class Finding(Record):
    """The result of one analysis."""

    analysis: str = ""
    """Name of the analysis; filled in when it has run, like `title` and `lead`."""
    title: str = ""
    """Heading on the page; findings of one title stand below one heading."""
    lead: str = ""
    """What to know before reading on; said once below the heading."""
    metrics: Metrics = Field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    """What the page shows, in order."""
    sentences: tuple[str, ...] = ()
    """The answer in words, for the summary at the top of the page."""
    scores: tuple[Score, ...] = ()
    """Lines of the scorecard: metrics that have a control, and the verdict."""
    data: dict[str, JsonValue] = Field(default_factory=dict)
    """What was measured besides, for notebooks and scripts."""

    @property
    def is_clocked(self) -> bool:
        """Whether it was read off a clock, and differs from run to run."""
        return any(m.name in CLOCKED_METRICS for of_one in self.metrics.values() for m in of_one)

    @property
    def plots(self) -> tuple[str, ...]:
        """Files of all plots, in the order of the page."""
        return tuple(block.file for block in opened(self.blocks) if isinstance(block, Plot))

    @property
    def clips(self) -> tuple[str, ...]:
        """Files of all videos, in the order of the page."""
        blocks = opened(self.blocks)
        return tuple(v.file for b in blocks if isinstance(b, Videos) for v in b.videos)


def metrics_by_subject(findings: Iterable[Finding], subjects: Sequence[str] = ()) -> Metrics:
    """Join the metrics of all findings.

    Args:
        findings: in the order in which their metrics are to be recorded.
        subjects: present even where nothing was measured.
    """
    joined: Metrics = dict.fromkeys(subjects, ())
    for finding in findings:
        for subject, metrics in finding.metrics.items():
            joined[subject] = (*joined.get(subject, ()), *metrics)
    return joined


def write_findings(findings: Sequence[Finding], folder: Path) -> None:
    """Write ``findings.json``, and what was read off a clock into a file that no digest counts."""
    _write([finding for finding in findings if not finding.is_clocked], folder / FILE)
    if clocked := [finding for finding in findings if finding.is_clocked]:
        _write(clocked, folder / CLOCKED_FINDINGS)


def read_findings(report: EvaluationReport) -> tuple[Finding, ...]:
    """Read the findings of a report; none where nothing could be measured."""
    files = [Path(report.path) / name for name in (FILE, CLOCKED_FINDINGS)]
    every = [fields for file in files if file.is_file() for fields in json.loads(file.read_text())]
    return tuple(Finding.model_validate(fields) for fields in every)


def _write(findings: Sequence[Finding], file: Path) -> None:
    dumped = [finding.model_dump(mode="json") for finding in findings]
    file.write_text(json.dumps(dumped, indent=2) + "\n")


def find(findings: Iterable[Finding], analysis: str) -> Finding | None:
    """The finding of one analysis; None where it could not be made."""
    return next((finding for finding in findings if finding.analysis == analysis), None)
