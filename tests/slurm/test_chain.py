"""An experiment at toy size on a real Slurm: a chain, several nodes, and a job that is pushed aside and goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mlflow import MlflowClient
from safetensors.torch import load_file

from toys.slurm import OVER, Cluster, checkout_in, wait_for

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]
TRAINED = (
    "laq.trainer.devices=2,laq.trainer.nodes=2,laq.trainer.accelerator=cpu,laq.trainer.batch_size=2,"
    "laq.trainer.max_steps=40,laq.trainer.validate_every=20,laq.trainer.log_every=1"
)
PATIENCE = 600
"""Seconds for one job; a busy machine is slow."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout_in(tmp_path_factory.mktemp("checkout"))


def submit(cluster: Cluster, checkout: Path, line: str) -> list[str]:
    done = cluster.run(line, folder=checkout)
    assert done.returncode == 0, done.stderr
    return re.findall(r"^(?:Submitted batch job )?(\d+)", done.stdout, re.MULTILINE)


def log(checkout: Path, job: str) -> str:
    return "".join(path.read_text() for path in (checkout / "slurm/logs").glob(f"*-{job}.out"))


def logged_steps(checkout: Path, run: str) -> list[int]:
    """Steps of stage 1 whose metrics lie in the scratch folder or beside the weights."""
    for place in (f"data/06_models/{run}/laq", f"data/.work/{run}"):
        for file in (checkout / place).rglob("metrics.jsonl"):
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            return [line["step"] for line in lines if "train/loss_recon" in line]
    return []


def test_a_chain_is_pushed_aside_and_ends_as_an_undisturbed_one(
    cluster: Cluster, checkout: Path
) -> None:
    rest = "--pipelines=labeling,foundation,finetune,evaluation"
    jobs = "--pipelines=ingestion --pipelines=laq"
    ingestion, laq, report = submit(
        cluster, checkout, f"slurm/submit.sh r --env=test {jobs} {rest} --params={TRAINED}"
    )
    assert cluster.wait(ingestion, seconds=PATIENCE) == "COMPLETED", log(checkout, ingestion)

    def begun() -> bool:
        return bool(logged_steps(checkout, "r")) or cluster.facts(laq).get("JobState") in OVER

    wait_for(begun, seconds=PATIENCE, what="a first step")
    pushing = "sbatch --partition=high --nodes=2 --exclusive --output=/dev/null --wrap true"
    submit(cluster, checkout, pushing)
    assert cluster.wait(laq, seconds=PATIENCE) == "COMPLETED", log(checkout, laq)
    assert cluster.facts(laq)["Restarts"] == "1"
    stopped = re.search(
        r"laq: stopped by SIG\w+ after step (\d+), which is saved", log(checkout, laq)
    )
    assert stopped, log(checkout, laq)
    assert 0 < int(stopped[1]) < 40
    assert logged_steps(checkout, "r") == [*range(40)]

    alone = f"slurm/submit.sh alone --env=test --pipelines=laq --params={TRAINED},reuse.data=r"
    (undisturbed,) = submit(cluster, checkout, alone)
    assert cluster.wait(undisturbed, seconds=PATIENCE) == "COMPLETED", log(checkout, undisturbed)
    weights = [
        load_file(checkout / f"data/06_models/{run}/laq/model.safetensors")
        for run in ("r", "alone")
    ]
    assert all(bool((weights[0][name] == weights[1][name]).all()) for name in weights[1])

    assert cluster.wait(report, seconds=PATIENCE) == "COMPLETED", log(checkout, report)
    assert (checkout / "data/08_reporting/r/report/report.html").is_file()
    client = MlflowClient(f"sqlite:///{checkout}/mlflow.db")
    experiments = [found.experiment_id for found in client.search_experiments()]
    runs = client.search_runs(experiments, "tags.`lapa.run` = 'r'")
    assert [run.info.status for run in runs] == ["FINISHED"]


def test_a_header_that_disagrees_stops_the_job_with_both_numbers(
    cluster: Cluster, checkout: Path
) -> None:
    (job,) = submit(cluster, checkout, "sbatch slurm/gpu.sbatch ingestion,laq header --env=test")
    assert cluster.wait(job, seconds=PATIENCE) == "FAILED"
    said = " ".join(log(checkout, job).split())
    assert "uses 1 processes a node, but SLURM_NTASKS_PER_NODE is 4" in said
    assert "uses 1 GPUs a node, but SLURM_GPUS_ON_NODE is 4" in said


def test_nodes_find_one_another(cluster: Cluster, checkout: Path) -> None:
    line = "sbatch --ntasks-per-node=1 --gpus-per-node=1 slurm/test_multinode.sbatch"
    (job,) = submit(cluster, checkout, line)
    assert cluster.wait(job, seconds=PATIENCE) == "COMPLETED", log(checkout, job)
    said = log(checkout, job)
    assert "2 processes" in said
    assert "(n1)" in said
    assert "(n2)" in said
