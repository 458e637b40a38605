"""A simulated set becomes shards with the actions that its options ask for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.params.envs import RecordParams, TabletopParams
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.params.mixture import DatasetParams
from lapa.pipelines.ingestion.nodes import record_episodes, write_shards
from lapa.records import RawEpisodes, ShardSet

RECORDING = RecordParams(num_episodes=4, workers=1, simulator=TabletopParams(image_size=16))
INGESTION = IngestionParams(
    image_size=16, max_horizon_s=0.1, split=SplitParams(val_fraction=0.25), jpeg_subsampling="444"
)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> RawEpisodes:
    return record_episodes(RECORDING, str(tmp_path_factory.mktemp("raw")))


def written(raw: RawEpisodes, work: Path, **options: str) -> ShardSet:
    dataset = DatasetParams(kind="simulator", recording=RECORDING, options=options)
    return write_shards(dataset, INGESTION, str(work), raw=raw)


def test_video_of_a_simulator_can_come_without_actions(raw: RawEpisodes, tmp_path: Path) -> None:
    (executed,) = written(raw, tmp_path).datasets.values()
    (silent,) = written(raw, tmp_path, labels="none").datasets.values()
    assert executed.action_names == ("dx", "dy", "dz", "suction")
    assert silent.action_names == ()
    assert silent.episodes == executed.episodes == 4


def test_labels_of_the_expert_are_others_than_those_executed(
    raw: RawEpisodes, tmp_path: Path
) -> None:
    shards = [written(raw, tmp_path, **options) for options in ({}, {"labels": "expert"})]
    assert shards[0].digest != shards[1].digest
    wanted = np.load(Path(raw.path) / "episode_000000/expert_actions.npy")
    assert set(np.abs(wanted[:, 3])) == {1.0}, "suction is clean"
