"""`lapa plan` prints the published recipe, or that of an environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from click.testing import CliRunner

from lapa.cli.plan import plan, published_recipe
from toys.paths import ROOT


def test_the_published_recipe() -> None:
    result = CliRunner().invoke(plan, ["--samples", "1000000", "--hours", "24", "--shards", "640"])
    assert result.exit_code == 0, result.output
    assert "4096" in result.output


def test_an_environment_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for env, batch in (("base", 16), ("half", 8)):
        (tmp_path / "conf" / env).mkdir(parents=True)
        params = published_recipe().model_dump(mode="json")
        params["trainer"]["batch_size"] = batch
        text = yaml.safe_dump({"foundation": params})
        (tmp_path / "conf" / env / "parameters.yml").write_text(text)
    result = CliRunner().invoke(plan, ["--env", "half", "--project", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "2048" in result.output


def test_an_unknown_environment_lists_the_known() -> None:
    result = CliRunner().invoke(plan, ["--env", "laq_debgu", "--project", str(ROOT)])
    assert result.exit_code == 1
    assert "did you mean 'laq_debug'? There are: " in result.output
    assert "base, " in result.output
