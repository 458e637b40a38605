"""`lapa plan` prints the published recipe, or that of an environment."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
import yaml
from click.testing import CliRunner

from lapa.cli.plan import plan, split_params
from toys.backends import published
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
        params = published("dual_encoder_7b").model_dump(mode="json")
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


def test_a_cluster_and_a_size_of_the_command_line() -> None:
    given = "cluster=single_gpu,foundation.preset=action_tokens_2b"
    result = CliRunner().invoke(plan, ["--env", "base", "--project", str(ROOT), "--params", given])
    assert result.exit_code == 0, result.output
    rows = dict(line.rsplit(maxsplit=1) for line in result.output.splitlines() if line.strip())
    assert rows["processes"] == "1"
    assert "4096 samples" in result.output


def test_a_preset_that_is_not_there_names_the_nearest() -> None:
    options = ["--project", str(ROOT), "--params", "foundation.preset=dual_encoder_7"]
    result = CliRunner().invoke(plan, options)
    assert result.exit_code == 1
    assert "did you mean 'dual_encoder_7b'?" in result.output


def test_params_are_read_as_kedro_reads_them() -> None:
    assert split_params("a.b=1,a.c=x,d=2.5") == {"a": {"b": 1, "c": "x"}, "d": 2.5}
    assert split_params("") == {}
    with pytest.raises(click.BadParameter, match="'cluster' is no name=value"):
        split_params("cluster")


LARGE = "cluster=single_gpu,foundation.preset=dual_encoder_7b"


@pytest.mark.parametrize(("gib", "fits"), [("80", False), ("120", True)])
def test_what_exceeds_a_gpu_is_said_in_words(gib: str, fits: bool) -> None:
    options = ["--env", "base", "--project", str(ROOT), "--params", LARGE, "--gpu-memory", gib]
    result = CliRunner().invoke(plan, options)
    assert result.exit_code == 0, result.output
    assert ("does not fit: needs 106" in result.output) is not fits
    assert ("which has 80.00 GiB" in result.output) is not fits


@pytest.mark.parametrize("there", [False, True])
def test_the_gpu_of_this_machine_is_what_a_plan_must_fit(
    monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: there)
    device = SimpleNamespace(total_memory=2**30)
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda _: device)
    result = CliRunner().invoke(plan, ["--project", str(ROOT)])
    assert result.exit_code == 0, result.output
    assert ("which has 1.00 GiB" in result.output) is there
