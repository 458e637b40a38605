"""What is handed to a real Slurm, and what it makes of it; Kedro itself only tells how it was called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toys.paths import ROOT
from toys.slurm import Cluster

pytestmark = pytest.mark.slurm
README = (ROOT / "slurm/README.md").read_text()
SUBMITS = ("slurm/submit.sh", "sbatch")


def documented_lines() -> list[str]:
    """Commands of the README's bash blocks that submit something."""
    blocks = re.findall(r"^```bash\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    lines = [line.partition("   #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(SUBMITS)]


def calls(checkout: Path) -> list[list[str]]:
    """Arguments of every `kedro` that ran."""
    lines = (checkout / "calls").read_text().splitlines()
    return [line.rstrip("\t").split("\t") for line in lines]


def submitted(cluster: Cluster, checkout: Path, line: str) -> list[str]:
    """Numbers of the jobs of a line, once all of them have ended well."""
    done = cluster.run(line, folder=checkout)
    assert done.returncode == 0, done.stderr
    jobs = re.findall(r"^(?:Submitted batch job )?(\d+)", done.stdout, re.MULTILINE)
    logs = checkout / "slurm/logs"
    for job in jobs:
        state = cluster.wait(job, seconds=90)
        assert state == "COMPLETED", [p.read_text() for p in logs.glob(f"*-{job}.out")]
    return jobs


@pytest.mark.parametrize("line", documented_lines())
def test_a_documented_line_keeps_run_name_and_parameters(
    cluster: Cluster, told_checkout: Path, line: str
) -> None:
    if "test_multinode" in line:
        pytest.skip("starts processes: tests/slurm/test_chain.py")
    if "--container" in line and not cluster.knows_containers:
        pytest.skip("no compiler for Slurm's plugins: apt-get install gcc libslurm-dev")
    jobs = submitted(cluster, told_checkout, line)
    if "--dry-run" in line:
        assert not jobs
        return
    run = re.search(r"\bmy_\w+", line)
    assert run
    assert len(calls(told_checkout)) == sum(len(cluster.states(job)) for job in jobs)
    for call in calls(told_checkout):
        (params,) = [option for option in call if option.startswith("--params")]
        assert params.startswith(f"--params=run={run[0]}")
        for given in re.findall(r"--params=(\S+)", line):
            assert given in params


def test_an_experiment_asks_for_what_its_parameters_say(
    cluster: Cluster, told_checkout: Path
) -> None:
    line = "slurm/submit.sh r --params=cluster=lrz_h100 --params=laq.preset=paper --account=me"
    ingestion, laq, *_, last = submitted(cluster, told_checkout, line)
    facts = cluster.facts(laq)
    assert facts["Partition"] == "mcml-hgx-h100-94x4"
    assert facts["Account"] == "me"
    assert facts["NumNodes"] == "2"
    assert facts["CPUs/Task"] == "18"
    assert facts["TimeLimit"] == "1-00:00:00"
    assert facts["TresPerNode"] == "gres:gpu:4"
    assert "mem=1000G" in facts["TRES"]
    assert cluster.facts(ingestion)["NumNodes"] == "1"
    assert "TresPerNode" not in cluster.facts(ingestion)
    assert int(last) == int(ingestion) + 5


def test_a_refused_job_leaves_nothing_in_the_queue(cluster: Cluster, told_checkout: Path) -> None:
    five = "--params=laq.trainer.devices=5,laq.trainer.accelerator=gpu"
    done = cluster.run(f"slurm/submit.sh r {five}", folder=told_checkout)
    assert done.returncode != 0
    assert "nothing is left in the queue" in done.stderr
    assert not cluster.run("squeue --noheader --states=PENDING", folder=told_checkout).stdout


def test_a_job_that_fails_cancels_those_after_it(cluster: Cluster, told_checkout: Path) -> None:
    kedro = told_checkout / ".venv/bin/kedro"
    kedro.write_text(f"{kedro.read_text()}[[ $2 != --pipelines=laq ]]\n")
    done = cluster.run("slurm/submit.sh r --env=test", folder=told_checkout)
    ingestion, laq, *others = re.findall(r"^(\d+)", done.stdout, re.MULTILINE)
    assert cluster.wait(ingestion, seconds=60) == "COMPLETED"
    assert cluster.wait(laq, seconds=60) == "FAILED"
    assert [cluster.wait(job, seconds=60) for job in others] == ["CANCELLED"] * 4
    assert len(calls(told_checkout)) == 2


def test_containers_reach_sbatch(cluster: Cluster, told_checkout: Path) -> None:
    if not cluster.knows_containers:
        pytest.skip("no compiler for Slurm's plugins: apt-get install gcc libslurm-dev")
    line = "slurm/submit.sh r --pipelines=ingestion --container=/images/lapa.sqsh --mounts=/data:/d"
    submitted(cluster, told_checkout, line)
    (call,) = calls(told_checkout)
    here = str(told_checkout)
    assert "SEEN_CONTAINER_IMAGE=/images/lapa.sqsh" in call
    assert f"SEEN_CONTAINER_MOUNTS={here}:{here},/data:/d" in call
    assert f"SEEN_CONTAINER_WORKDIR={here}" in call


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("slurm/submit.sh ../elsewhere", "is no name"),
        ("slurm/submit.sh r --pipelines=nonesuch", "no pipeline 'nonesuch'"),
        ("rm .venv/bin/activate; slurm/submit.sh r", "after `make install` there"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_queued(
    cluster: Cluster, told_checkout: Path, line: str, sentence: str
) -> None:
    done = cluster.run(line, folder=told_checkout)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert not (told_checkout / "calls").exists()


def test_a_job_without_an_environment_says_so(cluster: Cluster, told_checkout: Path) -> None:
    (told_checkout / ".venv/bin/activate").unlink()
    done = cluster.run("sbatch --parsable slurm/cpu.sbatch ingestion r", folder=told_checkout)
    assert cluster.wait(done.stdout.strip(), seconds=30) == "FAILED"
    (log,) = (told_checkout / "slurm/logs").glob("*.out")
    assert "no checkout with .venv in" in log.read_text()
