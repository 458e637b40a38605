"""What `lapa plan` prints: data, stages one after the other, and what of it does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lapa.params.fabric import FabricStageParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.hardware import HardwareParams
from lapa.params.laq.stage import LaqParams
from lapa.planning.experiment import SECTIONS, ExperimentPlan, plan_experiment
from lapa.planning.misfits import misfits
from lapa.planning.sizes import FolderOf
from lapa.planning.tables import aligned, assumption, data_table, stage_lines, stage_table
from lapa.training.foundation.planning import (
    GIB,
    Plan,
    gpu_memory,
    plan_table,
    plan_training,
    too_large,
)

Asked = tuple[int | None, int | None, float | None]
"""Shards, samples and hours, where somebody gives them."""


def plan_page(
    parameters: Mapping[str, Any],
    *,
    presets: Mapping[str, Any],
    folder_of: FolderOf,
    given_memory: float | None = None,
    asked: Asked = (None, None, None),
) -> str:
    """Plan an experiment, or stage 2 alone where no more is configured.

    Args:
        parameters: of all sections.
        presets: the same without a cluster, to see which batches it changes.
        folder_of: where the shard set of a dataset is or would be.
        given_memory: GiB of a GPU, in place of what `hardware` says.
        asked: shards, samples and hours of stage 2.

    Raises:
        ValueError: a section is not acceptable, or a network counts no tokens and nothing else is configured.
    """
    params = FoundationParams.model_validate(parameters["foundation"])
    is_whole = all(section in parameters for section in SECTIONS)
    backbone = _backbone(params, required=not is_whole)
    hardware = _hardware(parameters, given_memory)
    lines: list[str] = []
    if is_whole:
        plan = plan_experiment(parameters, backbone, folder_of, hardware)
        lines += _whole(plan, presets, backbone, asked)
    elif backbone is not None:
        lines.append(_table(backbone, asked))
    return "\n".join([*lines, *_too_large(backbone, hardware)])


def _hardware(parameters: Mapping[str, Any], given: float | None) -> HardwareParams:
    """The machine: memory as given, else as configured, else as this machine's GPU has."""
    configured = HardwareParams.model_validate(parameters.get("hardware") or {})
    memory = configured.memory_gib if given is None else given
    if memory is None and (local := gpu_memory()) is not None:
        memory = local / GIB
    return configured.model_copy(update={"memory_gib": memory})


def _backbone(params: FoundationParams, *, required: bool) -> Plan | None:
    try:
        return plan_training(params)
    except ValueError:  # a small network, which counts no tokens
        if required:
            raise
        return None


def _whole(
    plan: ExperimentPlan, presets: Mapping[str, Any], backbone: Plan | None, asked: Asked
) -> Iterator[str]:
    yield data_table(plan)
    for name, stage in plan.stages.items():
        yield f"\nstage {name}"
        if name == "foundation" and backbone is not None:
            yield _table(backbone, asked)
            yield aligned(list(stage_lines(stage, plan)))
        else:
            yield stage_table(stage, plan)
    yield f"\n{assumption(plan.hardware)}"
    said = [f"- {sentence}" for sentence in misfits(plan, _batches(presets))]
    yield "\n".join(["does not fit each other:", *said]) if said else "everything fits each other"


def _batches(parameters: Mapping[str, Any]) -> dict[str, int]:
    laq = LaqParams.model_validate(parameters["laq"]).trainer
    foundation = FoundationParams.model_validate(parameters["foundation"])
    finetune = FinetuneParams.model_validate(parameters["finetune"])
    return {
        "laq": laq.batch_size * laq.devices * laq.nodes,
        "foundation": _effective(foundation),
        "finetune": _effective(finetune),
    }


def _effective(params: FabricStageParams) -> int:
    trainer = params.trainer
    return trainer.batch_size * trainer.devices * trainer.nodes * params.accumulate


def _table(backbone: Plan, asked: Asked) -> str:
    shards, samples, hours = asked
    return plan_table(backbone, shards=shards, samples=samples, hours=hours)


def _too_large(backbone: Plan | None, hardware: HardwareParams) -> Iterator[str]:
    if backbone is None or hardware.memory_gib is None:
        return
    available = int(hardware.memory_gib * GIB)
    if backbone.total > available:
        yield too_large(backbone, available)
