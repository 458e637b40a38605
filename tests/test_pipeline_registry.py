from __future__ import annotations

from pathlib import Path

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

ROOT = Path(__file__).parents[1]
STAGES = {"ingestion", "laq", "labeling", "foundation", "finetune", "evaluation"}


@pytest.fixture(scope="module", autouse=True)
def _project() -> None:
    bootstrap_project(ROOT)


def test_the_registry_holds_the_six_stages_and_their_sum() -> None:
    assert set(pipelines.keys()) == STAGES | {"__default__"}
    whole = {node.name for node in pipelines["__default__"].nodes}
    assert whole == {node.name for stage in STAGES for node in pipelines[stage].nodes}


def test_the_default_pipeline_starts_from_parameters_alone() -> None:
    inputs = pipelines["__default__"].inputs()
    assert all(name.startswith("params:") for name in inputs), inputs


def test_every_arm_ends_in_a_policy_report() -> None:
    outputs = pipelines["evaluation"].all_outputs()
    assert {f"{arm}.policy_report" for arm in ("lapa", "random_laq", "scratch")} <= outputs
