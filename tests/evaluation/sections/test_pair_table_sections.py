"""Sections about pair tables: scores, tables and plots where the data allows it, reasons where it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lapa.evaluation.codes.evidence import CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.section import Need
from lapa.evaluation.sections.code_entropy import CodeEntropy
from lapa.evaluation.sections.codes_and_flow import CodesAndFlow
from lapa.evaluation.sections.consistency import Consistency
from lapa.evaluation.sections.flow_compass import FlowCompass
from lapa.evaluation.sections.flow_probe import FlowProbe
from lapa.evaluation.sections.instructions import Instructions
from lapa.evaluation.sections.nuisance import Nuisance
from lapa.metrics.glossary import report_entry
from lapa.params.evaluation import EvaluationParams
from toys.pair_tables import action_codes, mirrored_codes, scene_codes
from toys.table_evidence import table_evidence

QUICK = EvaluationParams.model_validate(
    {"rollout": None, "probe": {"folds": 2, "ridge": (1.0, 100.0), "resamples": 20}}
)


@pytest.mark.parametrize(
    ("section", "plots", "words"),
    [
        (FlowProbe, 1, "A linear probe reads R² 0.9"),
        (CodesAndFlow, 2, "The codes tell in which direction things move"),
        (FlowCompass, 2, "A code points the same way in different datasets"),
        (Consistency, 1, "A code means the same in different datasets"),
        (CodeEntropy, 1, ""),
        (Nuisance, 1, ""),
        (Instructions, 1, "Code sequences go with the instruction"),
    ],
)
def test_codes_that_are_the_action_are_praised(
    section: type[CodesSection], plots: int, words: str, tmp_path: Path
) -> None:
    table = replace(action_codes(pairs=800), action_units={})  # directions are left to compare
    evidence = table_evidence(table, QUICK, tmp_path)
    finding = section().run(evidence)
    assert isinstance(finding, Finding)
    assert len(finding.plots) == plots
    assert all((tmp_path / plot).stat().st_size > 5000 for plot in finding.plots)
    assert finding.scores
    assert finding.metrics["laq"] == tuple(score.metric for score in finding.scores)
    assert all(report_entry(score.metric.name) for score in finding.scores)
    assert (words in " ".join(finding.sentences)) if words else not finding.sentences


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toys.table_evidence.TableEvidence.plot", lambda *_: ())


@pytest.mark.usefixtures("no_plots")
def test_codes_that_name_the_scene_are_warned_of(tmp_path: Path) -> None:
    evidence = table_evidence(scene_codes(), QUICK, tmp_path)
    named, entropy = Nuisance().run(evidence), CodeEntropy().run(evidence)
    assert named is not None
    assert entropy is not None
    assert "the codes name the dataset of 1.00" in named.sentences[0]
    assert "the environment leaves 0.00" in entropy.sentences[0]
    assert Consistency().run(evidence) is None
    assert (
        "codes name the dataset, or are rare"
        in evidence.analyses.not_measured["consistency across datasets"]
    )


@pytest.mark.usefixtures("no_plots")
def test_mirrored_codes_are_said_to_be(tmp_path: Path) -> None:
    evidence = table_evidence(mirrored_codes(pairs=1200), QUICK, tmp_path)
    consistent, compass = Consistency().run(evidence), FlowCompass().run(evidence)
    assert consistent is not None
    assert compass is not None
    assert "means opposite things in different datasets" in consistent.sentences[0]
    assert "points opposite ways in different datasets" in compass.sentences[0]


@pytest.mark.usefixtures("no_plots")
def test_one_dataset_has_a_compass_and_no_agreement(tmp_path: Path) -> None:
    table = action_codes()
    absent = {Need.SEVERAL_DATASETS: "one dataset", Need.ENVIRONMENTS: "no scene is named"}
    evidence = table_evidence(table.take(table.dataset == "bench"), QUICK, tmp_path, absent)
    compass = FlowCompass().run(evidence)
    assert compass is not None
    assert not compass.scores
    assert len(compass.data["raw"]["bench"]) > 8  # type: ignore[index,call-overload,arg-type]
    assert Nuisance().run(evidence) == Finding(
        analysis=Nuisance.name, title=Nuisance.title, lead=Nuisance.lead
    )
    assert evidence.analyses.not_measured == {
        "agreement of compasses": "the held-out pairs are of one dataset",
        "nuisance probe of the dataset": "one dataset",
        "nuisance probe of the environment": "no scene is named",
    }


@pytest.mark.usefixtures("no_plots")
def test_continuous_latents_have_a_probe_of_the_flow(tmp_path: Path) -> None:
    table = replace(action_codes(), codes=None, random_codes=None)
    evidence = table_evidence(table, QUICK, tmp_path, {Need.CODES: "continuous"})
    finding = FlowProbe().run(evidence)
    assert finding is not None
    assert "from the vectors" in finding.sentences[0]
    assert {score.verdict for score in finding.scores} == {"passes"}
    assert CodesAndFlow().run(evidence) is None
