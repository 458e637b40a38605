"""Nodes, processes and GPUs that a pipeline's stages ask for: the header of its job follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lapa.params.base import StageParams, TrainerParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.labeling import LabelingParams
from lapa.params.sections import SECTIONS
from lapa.refused import RefusedError, alternatives

STAGES = {
    "ingestion": (),
    "laq": ("laq",),
    "labeling": ("labeling",),
    "foundation": ("foundation",),
    "finetune": ("finetune",),
    "evaluation": ("evaluation",),
    "codes": ("laq", "labeling"),
}
"""Pipeline -> sections of its stages that compute; in the order of an experiment, `codes` apart."""
CHAIN = tuple(name for name in STAGES if name != "codes")
"""The whole experiment."""

_GPU = {"gpu", "cuda"}


@dataclass(frozen=True)
class JobShape:
    """What a job asks for."""

    nodes: int = 1
    tasks_per_node: int = 1
    on_gpus: bool = False

    @property
    def gpus_per_node(self) -> int:
        """One for each process."""
        return self.tasks_per_node if self.on_gpus else 0


def shape_of(pipelines: str, parameters: Mapping[str, Any]) -> JobShape:
    """The largest shape among the stages of some pipelines.

    Args:
        pipelines: joined by commas: they share a job.
        parameters: of the experiment, by section.

    Raises:
        RefusedError: no such pipeline, or two stages of the job want several processes of different shapes.
    """
    shapes = {
        section: _shape(SECTIONS[section].model_validate(parameters[section]))
        for name in pipelines.split(",")
        for section in _sections(name)
    }
    several = {s: shape for s, shape in shapes.items() if shape.nodes * shape.tasks_per_node > 1}
    if len(set(several.values())) > 1:
        listed = ", ".join(f"{s}: {v.nodes} x {v.tasks_per_node}" for s, v in several.items())
        raise RefusedError(
            f"{pipelines} would share a job, but their stages want nodes x processes of {listed}; expected "
            "one shape: submit them as jobs of their own, or set `devices` and `nodes` equal"
        )
    largest = max(
        shapes.values(), key=lambda s: (s.nodes * s.tasks_per_node, s.on_gpus), default=JobShape()
    )
    return JobShape(largest.nodes, largest.tasks_per_node, any(s.on_gpus for s in shapes.values()))


def _sections(pipeline: str) -> tuple[str, ...]:
    if pipeline not in STAGES:
        raise RefusedError(f"no pipeline {pipeline!r}{alternatives(pipeline, STAGES)}")
    return STAGES[pipeline]


def _shape(params: object) -> JobShape:
    if isinstance(params, StageParams):
        return _of_processes(params.trainer)
    if isinstance(params, LabelingParams):
        return _of_processes(params)
    assert isinstance(params, EvaluationParams)  # noqa: S101 - `STAGES` names no other
    return JobShape(on_gpus=params.accelerator in _GPU)


def _of_processes(asked: TrainerParams | LabelingParams) -> JobShape:
    return JobShape(asked.nodes, asked.devices, asked.accelerator in _GPU)
