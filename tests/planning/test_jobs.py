"""Headers follow from the parameters; what contradicts them is refused with both numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.cli.plan_configuration import configuration_of
from lapa.planning.job_shape import CHAIN, JobShape, shape_of
from lapa.planning.jobs import Job, jobs_of
from lapa.planning.sbatch_options import Asked
from lapa.refused import RefusedError
from toys.paths import ROOT


def parameters(env: str | None = None, **given: Any) -> dict[str, Any]:
    return dict(configuration_of(Path(ROOT), env, given).parameters)


def job(pipelines: str, asked: Asked | None = None, **given: Any) -> Job:
    (only,) = jobs_of([pipelines], parameters(**given), asked or Asked())
    return only


def test_the_demo_asks_for_one_process_and_no_gpu_in_every_job() -> None:
    for each in jobs_of(CHAIN, parameters(), Asked()):
        assert each.template == "slurm/cpu.sbatch"
        assert {"--nodes=1", "--ntasks-per-node=1"} <= set(each.options)


@pytest.mark.parametrize("cluster", ["lrz_h100", "lrz_a100"])
def test_published_sizes_ask_for_whole_nodes(cluster: str) -> None:
    values = parameters("vla_7b", cluster=cluster)
    gpus = values["hardware"]["gpus_per_node"]
    assert shape_of("laq", values) == JobShape(8 // gpus, gpus, on_gpus=True)
    assert shape_of("foundation", values) == JobShape(64 // gpus, gpus, on_gpus=True)
    assert shape_of("evaluation", values) == JobShape()


def test_a_preset_knows_its_cluster() -> None:
    asked = job("laq", env="vla_7b", cluster="lrz_h100")
    assert asked.template == "slurm/multinode.sbatch"
    assert {
        "--partition=mcml-hgx-h100-94x4",
        "--qos=mcml",
        "--gpus-per-node=4",
        "--cpus-per-task=18",
        "--mem=500G",
        "--time=24:00:00",
        "--export=ALL,NCCL_SOCKET_IFNAME=ib0,GLOO_SOCKET_IFNAME=ib0",
    } <= set(asked.options)


def test_some_of_a_nodes_gpus_ask_for_their_share_of_its_memory() -> None:
    asked = job("laq", cluster="lrz_h100", laq={"trainer": {"devices": 2}})
    assert asked.template == "slurm/gpu.sbatch"
    assert {"--gpus-per-node=2", "--ntasks-per-node=2", "--mem=250G"} <= set(asked.options)


def test_the_command_line_wins_and_sbatchs_variables_over_presets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SBATCH_QOS", "mine")
    monkeypatch.setenv("SBATCH_TIMELIMIT", "1:00:00")
    asked = Asked(partition="other", account="me")
    options = job("laq", asked, cluster="lrz_h100").options
    assert "--partition=other" in options
    assert "--account=me" in options
    assert not [option for option in options if option.startswith(("--qos", "--time"))]


def test_gpus_that_disagree_are_refused_with_both_numbers() -> None:
    with pytest.raises(RefusedError, match=r"--gpus is 4, but its parameters ask for 1"):
        job("laq", Asked(gpus=4), cluster="lrz_h100")
    with pytest.raises(RefusedError, match=r"ask for 8 GPUs a node, which has 4"):
        job("laq", cluster="lrz_h100", laq={"trainer": {"devices": 8}})


def test_stages_of_one_job_share_its_shape() -> None:
    with pytest.raises(RefusedError, match=r"laq: 2 x 4, labeling: 1 x 4"):
        job("laq,labeling", env="vla_7b", cluster="lrz_h100")


def test_a_container_is_one_node_and_sees_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    options = job("laq", Asked(container="x.sqsh", mounts="/data:/data")).options
    assert f"--container-mounts={ROOT}:{ROOT},/data:/data" in options
    with pytest.raises(RefusedError, match="2 nodes in a container, expected 1"):
        job("laq", Asked(container="x.sqsh"), env="vla_7b", cluster="lrz_h100")


def test_an_unknown_pipeline_names_its_nearest() -> None:
    with pytest.raises(RefusedError, match="did you mean 'labeling'"):
        job("labelling")


def test_ingestion_and_labelling_become_arrays_with_a_merge_after_each() -> None:
    arms = {"arms": "lapa+inverse_dynamics"}
    jobs = list(jobs_of(CHAIN, parameters(**arms), Asked(array=64)))
    names = [each.options[0].removeprefix("--job-name=lapa-") for each in jobs]
    steps = ("first", "parts", "merge")
    ingestion, labeling = (
        [f"{name}-{step}" for step in steps] for name in ("ingestion", "labeling")
    )
    assert names == [*ingestion, "laq", *labeling, "foundation", "finetune", "evaluation"]
    told = dict(zip(names, jobs, strict=True))
    assert told["ingestion-first"].passed == ("--to-outputs=tabletop.raw_episodes",)
    assert told["ingestion-parts"].passed == ("--parts=64",)
    assert "--array=1-64" in told["ingestion-parts"].options
    assert told["ingestion-merge"].passed == ("--params=part=merge/64",)
    (model,) = told["labeling-first"].passed
    assert model == "--to-outputs=inverse_dynamics.inverse_dynamics_checkpoint"
    assert told["laq"].passed == ()


def test_recorded_data_and_quantizers_need_no_job_before_the_parts() -> None:
    values = parameters("openx")
    jobs = list(jobs_of(["ingestion", "labeling"], values, Asked(array=8)))
    assert [each.passed[0] for each in jobs] == [
        *("--parts=8", "--params=part=merge/8"),
        *("--parts=8", "--params=part=merge/8"),
    ]


def test_the_merge_of_labels_needs_none_of_their_gpus() -> None:
    values = parameters("vla_7b", cluster="lrz_h100")
    parts, merge = jobs_of(["labeling"], values, Asked(array=8))
    assert parts.template == "slurm/gpu.sbatch"
    assert "--gpus-per-node=4" in parts.options
    assert merge.template == "slurm/cpu.sbatch"
    assert {"--nodes=1", "--ntasks-per-node=1"} <= set(merge.options)


@pytest.mark.parametrize("pipelines", [["laq"], ["ingestion,laq"], ["ingestion", "laq,labeling"]])
def test_an_array_of_what_is_not_made_in_parts_is_refused(pipelines: list[str]) -> None:
    with pytest.raises(RefusedError, match=r"--array with .*only these are made in parts"):
        list(jobs_of(pipelines, parameters(), Asked(array=8)))
