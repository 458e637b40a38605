"""The workflow, the citation and the issue templates: readable, and the same steps as `.ci/run`."""

from __future__ import annotations

import tomllib

import pytest
import yaml

from toys.paths import ROOT


def test_the_workflow_runs_what_ci_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    job = workflow["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("exec make test")
    assert workflow["permissions"] == {"contents": "read"}


def test_the_workflow_has_the_pythons_of_the_project() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    versions = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={versions[0]},<3.{int(versions[-1].split('.')[1]) + 1}"


def test_the_citation_names_the_paper() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["license"] == "MIT"
    assert citation["preferred-citation"]["url"].endswith("2410.11758")
    assert len(citation["preferred-citation"]["authors"]) == 16


@pytest.mark.parametrize("name", ["bug", "idea"])
def test_issue_templates_have_what_github_asks_for(name: str) -> None:
    template = yaml.safe_load((ROOT / f".github/ISSUE_TEMPLATE/{name}.yml").read_text())
    assert {"name", "description", "body"} <= set(template)
    assert all("label" in part["attributes"] for part in template["body"])
