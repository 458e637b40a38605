"""`lapa jobs` says a job a line, and hands on to Kedro what is not its own."""

from __future__ import annotations

import shlex

import pytest
from click.testing import CliRunner

from lapa.cli.jobs import jobs
from lapa.planning.job_shape import CHAIN
from toys.paths import ROOT


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def lines(*arguments: str) -> list[list[str]]:
    result = CliRunner().invoke(jobs, arguments)
    assert result.exit_code == 0, result.output
    return [shlex.split(line) for line in result.stdout.splitlines()]


def test_parameters_given_twice_are_joined_and_keep_the_run() -> None:
    options = ["--params=seed=1", "--env=test", "--params", "cluster=local", "--async"]
    told = lines("my_run", *options)
    assert len(told) == len(CHAIN)
    for pipeline, line in zip(CHAIN, told, strict=True):
        passed = line[line.index("slurm/cpu.sbatch") + 1 :]
        given = "--params=run=my_run,seed=1,cluster=local"
        assert passed == [pipeline, "--env=test", given, "--async"]


def test_each_pipelines_is_a_job() -> None:
    told = lines("r", "--pipelines=ingestion", "--pipelines=laq,labeling", "--env=test")
    assert [line[0] for line in told] == [
        "--job-name=lapa-ingestion",
        "--job-name=lapa-laq-labeling",
    ]
