"""Two processes on CPU (gloo): replicated and sharded training equal one process, kill included."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lapa.distributed.by_annotation import arguments_to_json
from lapa.distributed.launch import launch
from lapa.folders.whole_folder import is_whole
from lapa.models.foundation.storage import load_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.training.common.shard_metadata import describes_tensors_only
from lapa.training.foundation import fit
from toys.backends import tiny
from toys.foundations import arguments, params
from toys.labeled_squares import LabeledSquares, labeled_squares
from toys.paths import child_environment
from toys.rank_tasks import Training
from toys.small_stages import SmallStages

TASK = "lapa.training.foundation:fit"


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    return labeled_squares(tmp_path_factory.mktemp("squares"))


@pytest.fixture(scope="module")
def alone(squares: LabeledSquares, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("alone")
    fit(**arguments(*squares, params(trainer={"batch_size": 8}), work))
    return work


def two(**overrides: Any) -> FoundationParams:
    return params(
        trainer={"batch_size": 4, "devices": 2, **overrides.pop("trainer", {})}, **overrides
    )


LAYERED = {"accumulate": 2, "freeze": ("vision",), "activation_checkpointing": True}


def layered(config: FoundationParams) -> FoundationParams:
    return config.model_copy(update={"backend": tiny()})


@pytest.fixture(scope="module")
def together(squares: LabeledSquares, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One pair of processes trains replicas, then a model sharded layer by layer."""
    configs = {"replicas": two(), "sharded": layered(two(**LAYERED, shard=True))}
    works = {name: tmp_path_factory.mktemp(name) for name in configs}
    jobs = [Training(*squares, config, works[name]) for name, config in configs.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", child_environment()["PYTHONPATH"])
        launch("toys.rank_tasks:fit_all", {"trainings": jobs}, devices=2)
    return works


def losses(work: Path) -> dict[int, float]:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return {line["step"]: line["train/loss"] for line in lines if "train/loss" in line}


def same_curve(work: Path, reference: Path) -> None:
    found, expected = losses(work), losses(reference)
    assert found.keys() == expected.keys()
    assert list(found.values()) == pytest.approx(list(expected.values()), abs=1e-5)


def same_weights(work: Path, reference: Path) -> None:
    """The consolidated weights load in one process and are those of one process."""
    together = load_foundation(work / "model").state_dict()
    for name, weights in load_foundation(reference / "model").state_dict().items():
        assert together[name].allclose(weights, atol=1e-4), name


def test_two_replicas_equal_one_process(together: dict[str, Path], alone: Path) -> None:
    same_curve(together["replicas"], alone)
    same_weights(together["replicas"], alone)


def test_decoder_layers_sharded_over_two_processes_equal_one(
    squares: LabeledSquares, together: dict[str, Path], tmp_path: Path
) -> None:
    single = layered(params(trainer={"batch_size": 8}, **LAYERED))
    fit(**arguments(*squares, single, tmp_path))
    same_curve(together["sharded"], tmp_path)
    same_weights(together["sharded"], tmp_path)


def test_sharded_training_killed_hard_resumes_with_the_same_curve(
    squares: LabeledSquares, alone: Path, tmp_path: Path
) -> None:
    config = two(shard=True, trainer={"checkpoint_every": 1})
    job = tmp_path / "job.json"
    given = arguments_to_json(fit, arguments(*squares, config, tmp_path))
    job.write_text(json.dumps({"task": TASK, "arguments": given}))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    run = subprocess.Popen(
        [*command, "-m", "lapa.distributed.launch", str(job)], start_new_session=True
    )
    while run.poll() is None and not (tmp_path / "resume/step-00000002").exists():
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    done = max(int(p.name[5:]) for p in (tmp_path / "resume").glob("step-????????"))
    assert done >= 2
    launch(TASK, arguments(*squares, config, tmp_path), devices=2)
    same_curve(tmp_path, alone)


@pytest.mark.usefixtures("launched_here")
def test_the_best_weights_come_back_into_a_sharded_model(tmp_path: Path) -> None:
    stages = SmallStages.make(tmp_path)
    levels = {"milestones": str(tmp_path / "kept"), "fast": {"folder": str(tmp_path / "node")}}
    config = stages.foundation_params(devices=2, batch_size=4, validate_every=2, checkpoints=levels)
    config = config.model_copy(update={"shard": True})
    record = launch(TASK, arguments(*stages.squares, config, tmp_path / "work"), devices=2)
    assert record.selected == "best"
    assert record.step < config.trainer.max_steps, "the last step is in the model anyway"
    (best,) = tmp_path.glob("kept/*/best-*")
    assert is_whole(best)
    assert describes_tensors_only(best / "state")
    same_weights(best, tmp_path / "work")
