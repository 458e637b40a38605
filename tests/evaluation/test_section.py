"""What every analysis gets: needs, the guard, its name on the finding, guarded plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lapa.evaluation.analyses import Analyses, CannotMeasureError
from lapa.evaluation.finding import Finding
from lapa.evaluation.registry import page_order, section_classes
from lapa.evaluation.section import Evidence, Need, Section
from lapa.params.evaluation import EvaluationParams


@dataclass(frozen=True, kw_only=True)
class Given(Evidence):
    states: str | None = None

    def absences(self) -> Mapping[Need, str | None]:
        return {Need.CODES: None, Need.STATES: self.states}


class Counts(Section[Given]):
    looks_at = Given
    name = "counts"
    title = "Counting"
    lead = "Read on."
    needs = (Need.CODES, Need.STATES)

    def measure(self, evidence: Given) -> Finding:
        return Finding(sentences=("Counted.",))


class Declines(Counts):
    def measure(self, evidence: Given) -> Finding:
        raise CannotMeasureError("there is one pair")


def _given(tmp_path: Path, states: str | None = None) -> Given:
    return Given(params=EvaluationParams(), out=tmp_path, analyses=Analyses(), states=states)


def test_a_finding_bears_the_name_and_heading_of_its_analysis(tmp_path: Path) -> None:
    finding = Counts().run(_given(tmp_path))
    assert finding is not None
    assert (finding.analysis, finding.title, finding.lead) == ("counts", "Counting", "Read on.")


def test_without_what_it_needs_it_is_skipped_with_the_reason(tmp_path: Path) -> None:
    evidence = _given(tmp_path, states="there are no states")
    assert Counts().run(evidence) is None
    assert evidence.analyses.not_measured == {"counts": "there are no states"}


def test_an_analysis_may_decline(tmp_path: Path) -> None:
    evidence = _given(tmp_path)
    assert Declines().run(evidence) is None
    assert evidence.analyses.not_measured == {"counts": "there is one pair"}


def test_a_plot_that_breaks_leaves_the_finding(tmp_path: Path) -> None:
    evidence = _given(tmp_path)

    def broken(path: Path) -> None:
        raise ValueError("no ink")

    assert evidence.plot("code_usage", broken, "Usage.") == ()
    assert evidence.analyses.not_measured == {"plot of code usage": "ValueError: no ink"}
    (plot,) = evidence.plot("drawn", lambda path: path.write_bytes(b"png"), "Drawn.")
    assert (plot.file, plot.caption) == ("drawn.png", "Drawn.")


def test_without_plots_nothing_is_drawn_and_nothing_is_missing(tmp_path: Path) -> None:
    evidence = replace(_given(tmp_path), params=EvaluationParams(plots=False))
    assert evidence.plot("drawn", lambda path: path.write_bytes(b"png"), "Drawn.") == ()
    assert evidence.analyses.not_measured == {}
    assert list(tmp_path.iterdir()) == []


def test_built_in_analyses_have_names_of_their_own() -> None:
    classes = section_classes(())
    assert len(page_order(())) == len(classes) > 10
    for member in classes:
        assert member.title
        assert issubclass(member.looks_at, Evidence)


@pytest.mark.parametrize("path", ["no_colon", "lapa.evaluation.section:Missing", "nowhere:Thing"])
def test_paths_that_lead_nowhere_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="import"):
        section_classes((path,))
