"""The ladder: each rung is a run of its own on the data of another run; the picture is drawn from records."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lapa.cli.ladder import ladder
from lapa.cli.plan import split_params
from lapa.cli.rungs import STAGES, rung_command, rung_name, rung_params
from lapa.params.reuse import PARTS
from toys.paths import ROOT


@pytest.mark.parametrize("stage", STAGES)
def test_a_rung_differs_from_the_next_by_its_samples_alone(stage: str) -> None:
    def parameters(rung: str) -> dict[str, object]:
        given = ["run=x", f"{stage}.trainer.max_steps=5"]
        text = rung_params(stage, rung, run="x", given=given, measured=64)
        return split_params(",".join(text))

    ten, full = parameters("10"), parameters("full")
    assert ten["run"] == rung_name("x", stage, "10") == f"x-ladder-{stage}-10"
    assert ten["reuse"] == dict.fromkeys(STAGES[stage].reused, "x")
    for rung, count in ((ten, 10), (full, None)):
        section = rung[stage]
        assert isinstance(section, dict)
        assert section.pop("train_max_samples") == count
        assert section["trainer"] == {
            "max_steps": 5,
            "select": "last",
            "measure_train_samples": 64,
        }
        del rung["run"]
    assert ten == full


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["reuse=y"], {"data": "y", "laq": "y", "labels": "y", "foundation": "y"}),
        (["reuse.laq=y"], {"data": "x", "laq": "y", "labels": "x", "foundation": "x"}),
    ],
)
def test_what_the_run_below_takes_from_another_its_rungs_do_too(
    given: list[str], expected: dict[str, str]
) -> None:
    text = rung_params("finetune", "1", run="x", given=["run=x", *given], measured=64)
    assert split_params(",".join(text))["reuse"] == expected


def test_what_a_stage_reuses_is_part_of_a_run() -> None:
    assert all(set(stage.reused) <= set(PARTS) for stage in STAGES.values())


def test_finished_rungs_are_kept_unless_fresh_ones_are_wanted() -> None:
    kept = rung_command("laq", ["run=a"], env="test")
    assert kept[1:] == [
        "-m",
        "lapa",
        "run",
        "--env=test",
        "--nodes=train_laq",
        "--only-missing-outputs",
        "--params=run=a",
    ]
    assert "--only-missing-outputs" not in rung_command("laq", [], env=None, fresh=True)


@pytest.mark.parametrize("rungs", ["0", "1,many", "-3", ""])
def test_what_is_no_number_of_samples_is_refused(rungs: str) -> None:
    result = CliRunner().invoke(ladder, ["--stage=laq", f"--rungs={rungs}"])
    assert result.exit_code == 2
    assert "is no number of samples" in result.output


def test_a_run_without_data_is_named_with_the_command_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    params = f"data_root={tmp_path},run=nobody"
    result = CliRunner().invoke(ladder, ["--stage=foundation", "--env=test", f"--params={params}"])
    assert result.exit_code == 1
    assert "run 'nobody' has no lapa.latent_labels, laq_checkpoint, mixture" in result.output
    assert (
        "lapa run --env=test --to-outputs=lapa.latent_labels,laq_checkpoint,mixture"
        in result.output
    )
    assert list(tmp_path.iterdir()) == []


def test_outside_a_project_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(ladder, ["--stage=laq"])
    assert result.exit_code == 1
    assert "no project in" in result.output
