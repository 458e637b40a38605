"""What could not be measured, over all reports of a page: same reasons together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from lapa.evaluation.blocks import Listed, Note
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.records import EvaluationReport


def all_not_measured(
    laq: EvaluationReport, arms: Mapping[str, EvaluationReport], own: Mapping[str, str]
) -> dict[str, str]:
    """Analysis -> reason over all reports; what holds for every arm alike is listed once."""
    reasons = dict(laq.not_measured)
    by_analysis: dict[tuple[str, str], list[str]] = defaultdict(list)
    for arm, report in arms.items():
        for analysis, reason in report.not_measured.items():
            by_analysis[analysis, reason].append(arm)
    for (analysis, reason), of_arms in by_analysis.items():
        if len(of_arms) == len(arms):
            reasons[analysis] = reason
        else:
            reasons |= {f"{analysis} of {arm}": reason for arm in of_arms}
    return reasons | dict(own)


def not_measured_sentences(reasons: Mapping[str, str]) -> list[str]:
    """One sentence per reason, naming every analysis it prevented."""
    together: dict[str, list[str]] = defaultdict(list)
    for analysis, reason in reasons.items():
        together[reason].append(analysis)
    return [
        f"{_joined(analyses)}: not measured, because {reason}."
        for reason, analyses in together.items()
    ]


def not_measured_section(reasons: Mapping[str, str]) -> PageSection:
    """The list of what is missing from the page and why."""
    if not reasons:
        return PageSection(title="Not measured")
    return plain_section(
        "Not measured",
        Note(text="The rest of the page does not depend on these."),
        Listed(sentences=tuple(not_measured_sentences(reasons))),
    )


def _joined(names: list[str]) -> str:
    """Names as a list in words, starting with a capital."""
    text = ", ".join(names)
    return text[:1].upper() + text[1:]
