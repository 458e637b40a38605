"""Call a training function in its scratch folder and return the record it made."""

from __future__ import annotations

from typing import Any

from lapa.params.base import TrainerParams
from lapa.records import Checkpoint
from lapa.scratch import stage_folder
from lapa.training.launch import launch
from lapa.training.tracking import joined_run


def as_arguments(**inputs: Any) -> dict[str, Any]:
    """Records and parameters as the JSON-able arguments that every rank receives."""
    return {
        name: value.model_dump(mode="json") if hasattr(value, "model_dump") else value
        for name, value in inputs.items()
    }


def train(task: str, *, stage: str, work: str, trainer: TrainerParams, **inputs: Any) -> Checkpoint:
    """Run ``task`` on all ranks the trainer asks for; return rank zero's checkpoint.

    Args:
        task: ``module:function`` to call on every rank.
        stage: name of the scratch folder.
        work: scratch root of the run.
        trainer: how many processes and nodes.
        inputs: records and parameters the function takes.
    """
    arguments = as_arguments(**inputs)
    folder = stage_folder(work, stage, _lineage(inputs))
    return Checkpoint(
        **launch(
            task,
            arguments | {"work": str(folder), "run": joined_run(task)},
            devices=trainer.devices,
            nodes=trainer.nodes,
        )
    )


def _lineage(inputs: dict[str, Any]) -> dict[str, Any]:
    """What decides the result: digests of artefacts, all values of parameters."""
    return {
        name: getattr(value, "digest", None) or as_arguments(value=value)["value"]
        for name, value in inputs.items()
    }
