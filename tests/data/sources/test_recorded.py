"""What a simulator recorded, read back; `tests/envs/test_record.py` compares it with the simulator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources import open_source
from lapa.envs.record import record_episodes
from lapa.params.envs import RecordParams, TabletopParams


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("recording")
    simulator = TabletopParams(image_size=16)
    record_episodes(out, RecordParams(num_episodes=2, seed=3, workers=1, simulator=simulator))
    return out


def test_labels_are_executed_expert_or_none(recording: Path) -> None:
    executed = next(open_source("recorded", recording))
    expert = next(open_source("recorded", recording, labels="expert"))
    silent = next(open_source("recorded", recording, labels="none", name="human"))
    assert np.abs(executed.actions - expert.actions).max() > 0.1
    assert set(np.unique(expert.actions[:, 3])) <= {-1.0, 1.0}
    assert silent.actions is None
    assert silent.action_names == ()
    assert silent.source == "human"
    assert executed.source == "tabletop"
    assert executed.environment == "tabletop-gripper-front"
    with pytest.raises(ValueError, match="labels is 'clean'"):
        next(open_source("recorded", recording, labels="clean"))


def test_bad_folders_are_named(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="empty_folder"):
        next(open_source("recorded", tmp_path))
    shutil.copytree(recording, tmp_path, dirs_exist_ok=True)
    (tmp_path / "episode_000000" / "states.npy").write_bytes(b"nonsense")
    (tmp_path / "episode_000001" / "video.mp4").unlink()
    report = BadInputs()
    (left,) = open_source("recorded", tmp_path, report=report)
    assert report.counts() == {"unreadable_array": 1}
    with pytest.raises(BadInputError, match="episode_000001: missing_video"):
        left.frames()


@pytest.mark.parametrize("fact", ["environment", "simulator", "actions_are"])
def test_a_fact_that_is_missing_is_named(recording: Path, tmp_path: Path, fact: str) -> None:
    shutil.copytree(recording, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "episode_000000" / "episode.json"
    facts = json.loads(file.read_text())
    del facts[fact]
    file.write_text(json.dumps(facts))
    with pytest.raises(
        BadInputError, match=rf"missing_values.*lacks {fact}, .*record the episode again"
    ):
        next(open_source("recorded", tmp_path))
