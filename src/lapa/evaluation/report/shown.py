"""Findings on a page: in the order of the registry, those of one title below one heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lapa.evaluation.blocks import Heading
from lapa.evaluation.finding import Finding, read_findings
from lapa.evaluation.registry import page_order
from lapa.evaluation.report.page import SHORT, PageSection, Part
from lapa.records import EvaluationReport


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """A finding, where its files lie, and whose it is."""

    finding: Finding
    folder: Path
    arm: str = ""
    """Set where every arm has a finding of its own."""

    @property
    def part(self) -> Part:
        """Its blocks, below the name of the arm."""
        blocks = self.finding.blocks
        if self.arm and blocks:
            blocks = (Heading(text=self.arm), *blocks)
        return Part(blocks=blocks, folder=self.folder)

    @property
    def sentences(self) -> list[str]:
        """Its sentences, each naming the arm."""
        if not self.arm:
            return list(self.finding.sentences)
        return [f"{self.arm}: {sentence}" for sentence in self.finding.sentences]


def shown_of_report(report: EvaluationReport, *, arm: str = "") -> list[ShownFinding]:
    """The findings of one report."""
    folder = Path(report.path)
    return [ShownFinding(finding=f, folder=folder, arm=arm) for f in read_findings(report)]


def in_page_order(
    shown: Sequence[ShownFinding], extra_analyses: Sequence[str]
) -> list[ShownFinding]:
    """Sort by place in the registry; arms keep their order, unknown analyses come last."""
    order = page_order(extra_analyses)
    return sorted(shown, key=lambda one: order.get(one.finding.analysis, len(order)))


def finding_sections(shown: Sequence[ShownFinding]) -> list[PageSection]:
    """One section per title, in the order in which the titles appear."""
    by_title: dict[str, list[ShownFinding]] = {}
    for one in shown:
        by_title.setdefault(one.finding.title, []).append(one)
    return [_section(title, together) for title, together in by_title.items()]


def _section(title: str, shown: Sequence[ShownFinding]) -> PageSection:
    leads = dict.fromkeys(one.finding.lead for one in shown if one.finding.lead)
    return PageSection(title=title, leads=tuple(leads), parts=[one.part for one in shown])


def in_short(shown: Sequence[ShownFinding], not_measured: Mapping[str, str]) -> list[str]:
    """The answer in sentences, the most important first; the page folds all but the first `SHORT`.

    That something is missing is always among those that are not folded.
    """
    sentences = [sentence for one in shown for sentence in one.sentences]
    return [*sentences[: SHORT - 1], *_missing(not_measured), *sentences[SHORT - 1 :]]


def _missing(not_measured: Mapping[str, str]) -> list[str]:
    if not not_measured:
        return []
    count = len(not_measured)
    counted = "1 analysis" if count == 1 else f"{count} analyses"
    return [f"{counted} could not be made; “Not measured” says why."]
