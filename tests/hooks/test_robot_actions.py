"""A robot without actions stops the run at its shards."""

from __future__ import annotations

from typing import Any

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from lapa.hooks import RobotActionsHook
from lapa.params.finetune import FinetuneParams
from lapa.records import ShardSet
from toys.shards import tiny_shard_set

PIPELINE = Pipeline(
    [
        Node(lambda path: path, inputs="path", outputs="robot.clip_shards", name="write_shards"),
        Node(
            lambda shards, finetune: shards,
            inputs=["robot.clip_shards", "params:finetune"],
            outputs="policy",
            name="train_policy",
        ),
    ]
)
FINETUNE = PIPELINE.only_nodes("train_policy")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ShardSet]:
    folder = tmp_path_factory.mktemp("sets")
    return {
        "video": tiny_shard_set(folder / "video", n=5, with_actions=False),
        "robot": tiny_shard_set(folder / "robot", n=5),
    }


def started(pipeline: Pipeline, dataset: str | None, shards: ShardSet | None) -> RobotActionsHook:
    """The hook after it has seen that this pipeline begins."""
    data: dict[str, Any] = {"params:finetune": FinetuneParams(dataset=dataset)}
    if shards is not None:
        data["robot.clip_shards"] = shards
    catalog = DataCatalog({name: MemoryDataset(value) for name, value in data.items()})
    hook = RobotActionsHook()
    hook.before_pipeline_run(run_params={}, pipeline=pipeline, catalog=catalog)
    return hook


def test_shards_that_are_there_are_looked_at_before_the_first_node(
    sets: dict[str, ShardSet],
) -> None:
    started(FINETUNE, "robot", sets["robot"])
    with pytest.raises(ValueError, match="expected a dataset with actions, found none"):
        started(FINETUNE, "robot", sets["video"])
    with pytest.raises(ValueError, match=r"the dataset 'arm' \(finetune.dataset\) with actions"):
        started(FINETUNE, "robot/arm", sets["robot"])


def test_shards_that_are_written_are_looked_at_then(sets: dict[str, ShardSet]) -> None:
    hook = started(PIPELINE, "robot", sets["video"])  # an older set, which the run replaces
    hook.after_node_run(outputs={"other.clip_shards": sets["video"]})
    hook.after_node_run(outputs={"robot.clip_shards": sets["robot"]})
    with pytest.raises(ValueError, match="found none"):
        hook.after_node_run(outputs={"robot.clip_shards": sets["video"]})


def test_without_a_robot_or_a_policy_nothing_is_asked(sets: dict[str, ShardSet]) -> None:
    hook = started(FINETUNE, None, sets["video"])
    hook.after_node_run(outputs={"robot.clip_shards": sets["video"]})
    hook = started(PIPELINE.only_nodes("write_shards"), "robot", sets["video"])
    hook.after_node_run(outputs={"robot.clip_shards": sets["video"]})
