from __future__ import annotations

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

from lapa.pipeline_registry import register_pipelines
from lapa.refused import RefusedError
from toys.paths import ROOT

STAGES = {"ingestion", "laq", "labeling", "foundation", "finetune", "evaluation"}


@pytest.fixture(scope="module", autouse=True)
def _project() -> None:
    bootstrap_project(ROOT)


def test_the_registry_holds_the_six_stages_their_sum_and_the_way_of_plain_video() -> None:
    assert set(pipelines.keys()) == STAGES | {"codes", "__default__"}
    whole = {node.name for node in pipelines["__default__"].nodes}
    assert whole == {node.name for stage in STAGES for node in pipelines[stage].nodes}


def test_the_default_pipeline_starts_from_parameters_alone() -> None:
    inputs = pipelines["__default__"].inputs()
    assert all(name.startswith("params:") for name in inputs), inputs


def test_every_arm_ends_in_a_policy_report() -> None:
    outputs = pipelines["evaluation"].all_outputs()
    assert {f"{arm}.policy_report" for arm in ("lapa", "random_laq", "scratch")} <= outputs


def test_plain_video_ends_in_a_page_without_any_policy() -> None:
    codes = pipelines["codes"]
    assert "laq_page" in codes.outputs()
    assert all(name.startswith("params:") for name in codes.inputs()), codes.inputs()
    assert not any("policy" in name for name in codes.datasets())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("labelling", r"no pipeline 'labelling'; did you mean 'labeling'\? There are: codes, "),
        ("zzz", r"no pipeline 'zzz'\. There are: codes, "),
    ],
)
def test_a_pipeline_nobody_wrote_names_those_there_are(
    monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    def not_there(*, raise_errors: bool) -> None:
        raise ImportError(f"No module named 'lapa.pipelines.{name}'")

    monkeypatch.setattr("lapa.pipeline_registry.find_pipelines", not_there)
    with pytest.raises(RefusedError, match=message):
        register_pipelines()
