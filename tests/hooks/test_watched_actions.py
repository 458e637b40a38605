"""A mixture without actions stops the run where an arm pretrains on true ones."""

from __future__ import annotations

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from lapa.hooks import WatchedActionsHook
from lapa.records import ShardSet
from toys.shards import tiny_shard_set

LABELING = Pipeline(
    [Node(lambda shards: shards, inputs="mixture", outputs="labels", name="upper.label_actions")]
)
WHOLE = LABELING + Pipeline(
    [Node(lambda path: path, inputs="path", outputs="mixture", name="mix_shards")]
)
OTHER = Pipeline(
    [Node(lambda shards: shards, inputs="mixture", outputs="labels", name="lapa.label_shards")]
)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ShardSet]:
    folder = tmp_path_factory.mktemp("sets")
    return {
        "video": tiny_shard_set(folder / "video", n=5, with_actions=False),
        "robot": tiny_shard_set(folder / "robot", n=5),
    }


def started(pipeline: Pipeline, mixture: ShardSet) -> WatchedActionsHook:
    """The hook after it has seen that this pipeline begins."""
    hook = WatchedActionsHook()
    catalog = DataCatalog({"mixture": MemoryDataset(mixture)})
    hook.before_pipeline_run(run_params={}, pipeline=pipeline, catalog=catalog)
    return hook


def test_a_mixture_that_is_there_is_looked_at_before_the_first_node(
    sets: dict[str, ShardSet],
) -> None:
    started(LABELING, sets["robot"])
    started(OTHER, sets["video"])
    with pytest.raises(ValueError, match=r"action dimensions [^:]+: \[0\].*leave the arm out"):
        started(LABELING, sets["video"])


def test_a_mixture_that_is_written_is_looked_at_then(sets: dict[str, ShardSet]) -> None:
    hook = started(WHOLE, sets["video"])  # an older one, which the run replaces
    hook.after_node_run(outputs={"mixture": sets["robot"]})
    with pytest.raises(ValueError, match="needs the same actions in everything"):
        hook.after_node_run(outputs={"mixture": sets["video"]})
    started(OTHER, sets["robot"]).after_node_run(outputs={"mixture": sets["video"]})
