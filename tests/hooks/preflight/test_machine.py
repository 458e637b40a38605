"""Sources, processes and batches are checked for the nodes that will run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.config.loader import place
from lapa.hooks.preflight.devices import require_processes
from lapa.hooks.preflight.sources import require_sources
from lapa.params.base import TrainerParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.labeling import LabelingParams
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.stage import LaqParams
from lapa.params.mixture import DatasetParams
from lapa.refused import RefusedError


def datasets(**described: DatasetParams) -> dict[str, DatasetParams]:
    return {f"params:datasets.{name}": dataset for name, dataset in described.items()}


def test_a_source_that_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    require_sources(datasets(web=DatasetParams(kind="video_folder", path=str(tmp_path))))
    missing = DatasetParams(kind="video_folder", path=str(tmp_path / "mnt" / "videos"))
    with pytest.raises(RefusedError, match=rf"datasets\.web\.path: .*nearest .* is {tmp_path}:"):
        require_sources(datasets(web=missing))


def test_a_source_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    good = DatasetParams(kind="rlds", path=str(tmp_path))
    bad = DatasetParams(kind="lerobt", path=str(tmp_path))
    with pytest.raises(RefusedError, match=r"datasets\.g1\.kind: .*did you mean 'lerobot'"):
        require_sources(datasets(bridge=good, g1=bad))


def test_a_variable_that_is_not_set_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAPA_OPENX", raising=False)
    described = {
        name: DatasetParams(kind="rlds", path=f"{place('LAPA_OPENX')}/{name}")
        for name in ("bridge", "viola", "kuka")
    }
    with pytest.raises(RefusedError) as refused:
        require_sources(datasets(**described))
    (line,) = str(refused.value).splitlines()
    assert "datasets.bridge.path and 2 more: environment variable LAPA_OPENX is unset" in line


def test_what_is_recorded_needs_no_source() -> None:
    require_sources(datasets(tabletop=DatasetParams(kind="simulator")))


def test_nodes_without_sources_ask_for_none() -> None:
    require_sources({"params:labeling": LabelingParams()})


def laq(**trainer: object) -> dict[str, LaqParams]:
    values = {"max_steps": 2000, "batch_size": 8, "accelerator": "cpu"} | trainer
    return {
        "params:laq": LaqParams(
            model=LaqModelParams(), trainer=TrainerParams.model_validate(values)
        )
    }


@pytest.fixture(autouse=True)
def _no_allocation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)


def test_one_process_always_fits() -> None:
    require_processes(laq(val_max_samples=1) | {"params:labeling": LabelingParams()})


def test_every_process_needs_a_batch_to_validate() -> None:
    require_processes(laq(devices=4, val_max_samples=25))
    with pytest.raises(RefusedError, match=r"24: 3 batches of 8 for 4 processes.*raise it to 32"):
        require_processes(laq(devices=4, val_max_samples=24))


def test_nodes_need_an_allocation_of_that_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError, match=r"laq\.trainer\.nodes is 2 outside a Slurm allocation"):
        require_processes(laq(nodes=2))
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "3")
    with pytest.raises(RefusedError, match=r"laq\.trainer: .*is 2 but SLURM_JOB_NUM_NODES is 3"):
        require_processes(laq(nodes=2))
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "2")
    require_processes(laq(nodes=2))


@pytest.mark.parametrize("devices", [1, 4])
def test_gpus_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch, devices: int) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    asked = LabelingParams(devices=devices, accelerator="gpu")
    with pytest.raises(RefusedError, match=f"labeling.devices is {devices}, .* has 0 GPUs"):
        require_processes({"params:labeling": asked})


def test_an_evaluation_on_a_gpu_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    require_processes({"params:evaluation": EvaluationParams()})
    with pytest.raises(RefusedError, match=r"evaluation\.accelerator is 'gpu'.* has no GPU"):
        require_processes({"params:evaluation": EvaluationParams(accelerator="gpu")})


def test_auto_takes_processors_where_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    require_processes(laq(devices=4, accelerator="auto"))
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    with pytest.raises(RefusedError, match="has 2 GPUs: set it to 2"):
        require_processes(laq(devices=4, accelerator="auto"))


def test_one_process_in_a_job_for_several_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("SLURM_NTASKS_PER_NODE", "1")
    require_processes(laq())
    monkeypatch.setenv("SLURM_GPUS_ON_NODE", "4")
    with pytest.raises(RefusedError, match=r"uses 1 GPUs a node, but SLURM_GPUS_ON_NODE is 4"):
        require_processes(laq())
    monkeypatch.setenv("SLURM_NTASKS_PER_NODE", "4")
    require_processes(laq(devices=4) | {"params:evaluation": EvaluationParams()})
