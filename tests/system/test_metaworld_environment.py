"""The environment `metaworld` asks for what its page says; no package is needed to read it."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.finetune import FinetuneParams
from lapa.params.metaworld import TASKS_BY_DIFFICULTY
from toys.paths import ROOT


@pytest.fixture(scope="module")
def parameters() -> dict[str, Any]:
    loader = ConfigLoader(str(ROOT / "conf"), env="metaworld", **CONFIG_LOADER_ARGS)
    return dict(loader["parameters"])


def test_what_is_recorded_is_what_is_scored(parameters: dict[str, Any]) -> None:
    recording = RecordParams.model_validate(parameters["recording"])
    rollout = EvaluationParams.model_validate(parameters["evaluation"]).rollout
    assert rollout is not None
    assert rollout.simulator == recording.simulator
    assert set(rollout.tasks) == set(recording.simulator.tasks)


def test_ten_tasks_of_three_groups_have_fifty_videos_each(parameters: dict[str, Any]) -> None:
    recording = RecordParams.model_validate(parameters["recording"])
    tasks = recording.simulator.tasks
    assert len(set(tasks)) == 10
    for group in ("easy", "medium", "hard"):
        assert set(TASKS_BY_DIFFICULTY[group]) & set(tasks)
    shown = [recording.task_of(episode) for episode in range(recording.num_episodes)]
    held_out = parameters["ingestion"]["split"]["val_fraction"]
    assert all(shown.count(task) * (1 - held_out) >= 50 for task in tasks)


def test_labels_are_two_demonstrations_of_every_task(parameters: dict[str, Any]) -> None:
    finetune = FinetuneParams.model_validate(parameters["finetune"])
    assert (finetune.labeled_episodes, finetune.labeled_balance) == (20, "instruction")
