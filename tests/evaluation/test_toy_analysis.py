"""An analysis from outside the package, named by its import path, is in record and page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from lapa.evaluation.finding import read_findings
from lapa.evaluation.registry import section_classes
from lapa.evaluation.report.laq_page import write_laq_page
from lapa.params.evaluation import EvaluationParams
from lapa.params.ingestion import SplitParams
from lapa.records import EvaluationReport, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

TOY = "toys.analysis_toy"
MeasureLaq = Callable[..., EvaluationReport]
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


@pytest.fixture
def shards(tmp_path: Path) -> ShardSet:
    return tiny_shard_set(
        tmp_path,
        episodes=moving_square_episodes(8, size=16),
        size=16,
        split=SplitParams(val_fraction=0.5),
    )


def _with(params: EvaluationParams, *names: str) -> EvaluationParams:
    analyses = [f"{TOY}:{name}" for name in names]
    return EvaluationParams.model_validate({**params.model_dump(), "analyses": analyses})


def test_its_metric_plot_table_and_sentence_appear(
    shards: ShardSet, tmp_path: Path, measure_laq: MeasureLaq, evaluation: EvaluationParams
) -> None:
    params = _with(evaluation, "StillPairs", "DatasetsApart")
    report = measure_laq(shards, params=params, plots=True)
    (still,) = (metric for metric in report.metrics["laq"] if metric.name == "still_pairs")
    assert 0 <= still.value <= 1
    assert "stillness.png" in report.plots
    assert read_findings(report)[-1].analysis == "still pairs"
    assert report.not_measured["datasets told apart"] == "the held-out episodes are of one dataset"
    write_laq_page(laq=report, shards=shards, params=params, out=tmp_path / "page")
    page = (tmp_path / "page" / "report.html").read_text()
    assert '<h2 id="stillness">Stillness</h2>' in page
    for words in ("A pair in which nothing moves", "still pairs</td>", "How much the pairs move."):
        assert words in page
    assert f"<li>{100 * still.value:.0f} % of the pairs are still.</li>" in page


def test_a_need_that_codes_never_have_is_a_mistake_of_the_analysis(
    shards: ShardSet, measure_laq: MeasureLaq, evaluation: EvaluationParams
) -> None:
    with pytest.raises(
        ValueError, match="needs several arms, of which CodesEvidence knows nothing"
    ):
        measure_laq(shards, params=_with(evaluation, "OfSeveralArms"))


def test_a_path_that_leads_nowhere_is_refused_with_the_parameters() -> None:
    with pytest.raises(ValidationError, match="cannot be imported"):
        EvaluationParams(analyses=("toys.analysis_toy:Nothing",))


def test_what_is_no_analysis_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected a subclass of lapa\.evaluation\.section\.Section"
    ):
        section_classes(("lapa.records:Metric",))
