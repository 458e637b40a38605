"""Raw outcomes of closed-loop episodes on disk, so that arms can be compared scene by scene."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from lapa.records import EvaluationReport, Record, require_same

FILE = "outcomes.json"


class TaskOutcomes(Record):
    """One criterion, a task or ``TASK/VARIANT``: what happened in every scene, in the order of the seeds."""

    seeds: tuple[int, ...]
    successes: tuple[bool, ...]
    steps: tuple[int, ...]
    """Control steps until success, or until the end."""
    instructions: tuple[str, ...]
    ends: tuple[str, ...]
    """How each trial ended, in the words of its simulator (`lapa.envs.base.Simulator.ending`)."""

    @model_validator(mode="after")
    def _one_of_each_a_scene(self) -> Self:
        lengths = {name: len(values) for name, values in self}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"outcomes are {lengths} long, expected one of each for every scene")
        return self


def write_outcomes(criteria: dict[str, TaskOutcomes], folder: Path) -> None:
    """Write ``outcomes.json``."""
    dumped = {name: outcomes.model_dump(mode="json") for name, outcomes in criteria.items()}
    (folder / FILE).write_text(json.dumps(dumped) + "\n")


def read_outcomes(report: EvaluationReport) -> dict[str, TaskOutcomes]:
    """Read the outcomes of a policy's report by criterion; empty where nothing was rolled out."""
    file = Path(report.path) / FILE
    if not file.is_file():
        return {}
    return {
        criterion: TaskOutcomes.model_validate(outcomes)
        for criterion, outcomes in json.loads(file.read_text()).items()
    }


def paired_successes(
    first: TaskOutcomes, second: TaskOutcomes, *, names: tuple[str, str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Successes of two arms, trial by trial.

    Raises:
        ValueError: the arms did not get the same scenes.
    """
    require_same(
        f"scenes of arm {names[1]}",
        second.seeds,
        first.seeds,
        remedy=f"evaluate it on the scenes of arm {names[0]}: they are compared scene by scene",
    )
    return np.array(first.successes), np.array(second.successes)
