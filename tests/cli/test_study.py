"""`lapa study`: what is printed without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lapa.cli.study import study
from toys.paths import ROOT
from toys.study_files import study_file


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_cells_are_listed_with_their_state_and_the_runs_they_need(tmp_path: Path) -> None:
    file = study_file(tmp_path, params={"data_root": str(tmp_path / "data")}, budgets=[2, 4])
    said = CliRunner().invoke(study, [str(file), "--list", "--where=arm=lapa"])
    assert said.exit_code == 0, said.output
    assert "2 cells" in said.output
    assert said.output.count("missing") == 2
    assert "6 runs are needed" in said.output, "data, laq, upstream, foundation, two policies"
    assert list(tmp_path.iterdir()) == [file], "nothing was made"


def test_the_readme_is_not_renewed_from_nothing(tmp_path: Path) -> None:
    file, page = study_file(tmp_path), tmp_path / "README.md"
    page.write_text("as it was")
    said = CliRunner().invoke(study, [str(file), f"--readme={page}"])
    assert said.exit_code == 1
    assert "holds no result of these cells" in said.output
    assert page.read_text() == "as it was"


def test_a_wrong_name_is_one_line(tmp_path: Path) -> None:
    said = CliRunner().invoke(study, [str(study_file(tmp_path, seed=[1])), "--list"])
    assert said.exit_code == 1
    assert "did you mean 'seeds'" in said.output
