"""Robot data as people have it, from its files to a policy: no format needs more than its source's YAML."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lapa.data.ingest import ingest
from lapa.data.loading.pairs import open_pairs
from lapa.evaluation.codes.latent_samples import open_held_out
from lapa.models.policy.storage import load_policy
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.records import DatasetFacts, ShardSet
from toys.droid import write_droid
from toys.hdf5 import write_robomimic, write_robonet
from toys.known_frames import pictures, rows
from toys.lerobot import write_lerobot_v2, write_lerobot_v3
from toys.policies import SPEC, finetuned
from toys.rlds import bridge_example, write_rlds
from toys.videos import write_video

LENGTHS = [6, 7, 8, 6]


def lerobot_v2(folder: Path) -> SourceParams:
    write_lerobot_v2(folder, LENGTHS)
    return SourceParams(kind="lerobot", path=str(folder), name="arm")


def lerobot_v3(folder: Path) -> SourceParams:
    write_lerobot_v3(folder, [LENGTHS[:2], LENGTHS[2:]])
    return SourceParams(kind="lerobot", path=str(folder), name="arm")


def robomimic(folder: Path) -> SourceParams:
    write_robomimic(folder / "demo.hdf5", LENGTHS)
    return SourceParams(kind="hdf5", path=str(folder), name="arm")


def robonet(folder: Path) -> SourceParams:
    for name in "abcd":
        write_robonet(folder / f"{name}.hdf5", frames=7)
    return SourceParams(kind="hdf5", path=str(folder), name="arm", options={"fps": 5})


def bridge(folder: Path) -> SourceParams:
    write_rlds(
        folder / "bridge_dataset" / "1.0.0", [[bridge_example(n, steps=5) for n in range(4)]]
    )
    return SourceParams(kind="rlds", path=str(folder), name="arm")


def droid(folder: Path) -> SourceParams:
    for name in "abcd":
        write_droid(folder, name, frames=6)
    return SourceParams(kind="video_with_arrays", path=str(folder), name="arm")


def video_and_json(folder: Path) -> SourceParams:
    for number, count in enumerate(LENGTHS):
        write_video(folder / f"{number}.mp4", pictures(number, count))
        contents = {"actions": rows(number, count, 5).tolist(), "instruction": "wipe the table"}
        (folder / f"{number}.json").write_text(json.dumps(contents))
    return SourceParams(kind="video_with_arrays", path=str(folder), name="arm")


Maker = Callable[[Path], SourceParams]

FORMATS: dict[Maker, DatasetFacts] = {
    lerobot_v2: DatasetFacts(fps=10.0, episodes=4, action_names=("x", "y", "grip"), actions_are=()),
    lerobot_v3: DatasetFacts(fps=10.0, episodes=4, action_names=("x", "y", "grip"), actions_are=()),
    robomimic: DatasetFacts(fps=15.0, episodes=4),
    robonet: DatasetFacts(
        fps=5.0,
        episodes=4,
        action_names=("x", "y", "z", "theta"),
        actions_are=("relative",) * 4,
    ),
    bridge: DatasetFacts(
        fps=5.0,
        episodes=4,
        action_names=("x", "y", "z", "roll", "pitch", "yaw", "gripper"),
        action_units=("m", "m", "m", "rad", "rad", "rad", "open fraction"),
        actions_are=(*["relative"] * 6, "absolute"),
    ),
    droid: DatasetFacts(
        fps=5.0,
        episodes=4,
        action_names=("x", "y", "z", "roll", "pitch", "yaw", "gripper"),
        action_units=("m", "m", "m", "rad", "rad", "rad", "closed fraction"),
        actions_are=("absolute",) * 7,
    ),
    video_and_json: DatasetFacts(
        fps=10.0, episodes=4, action_names=tuple(f"action_{i}" for i in range(5))
    ),
}


def ingested(folder: Path, *sources: SourceParams) -> ShardSet:
    params = IngestionParams(image_size=32, max_horizon_s=0.2, split=SplitParams(val_fraction=0.25))
    return ingest(sources=sources, params=params, out=folder / "shards")


@pytest.mark.parametrize("make", FORMATS, ids=lambda make: make.__name__)
def test_a_robot_dataset_reaches_a_policy(make: Maker, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shards = ingested(tmp_path, make(raw))
    facts, expected = shards.datasets["arm"], FORMATS[make]
    for name, value in expected.model_dump(exclude_defaults=True).items():
        assert getattr(facts, name) == value, name
    record = finetuned(shards, tmp_path)
    assert record.datasets == ("arm",)
    assert record.metrics["labeled_episodes"] == 3
    assert np.isfinite(list(record.metrics.values())).all()
    stats = load_policy(Path(record.path)).stats
    assert tuple(d.unit for d in stats.dimensions) == (
        expected.action_units or ("",) * len(stats.dimensions)
    )
    truth = open_held_out(shards, "val", SPEC, max_samples=10, batch_size=4).actions
    assert truth is not None
    assert len(truth.names) == len(truth.units) == truth.values.shape[1]


def test_several_robots_and_people_in_one_set(tmp_path: Path) -> None:
    """Four widths of actions beside action-free video: the commonest is learnt, all give pairs."""
    sources = []
    for make in (lerobot_v3, robomimic, bridge):
        raw = tmp_path / make.__name__
        raw.mkdir()
        sources.append(make(raw).model_copy(update={"name": make.__name__}))
    (tmp_path / "people").mkdir()
    for number in range(4):
        write_video(tmp_path / "people" / f"{number}.mp4", pictures(number, 12))
    people = SourceParams(kind="video_folder", path=str(tmp_path / "people"), name="people")
    shards = ingested(tmp_path, *sources, people)
    assert set(shards.datasets) == {"lerobot_v3", "robomimic", "bridge", "people"}
    assert len(open_pairs(shards, "train", SPEC)) > 40
    record = finetuned(shards, tmp_path)
    assert record.datasets in {("lerobot_v3",), ("robomimic",)}
    named = finetuned(shards, tmp_path / "named", dataset="robots/bridge", labeled_episodes=2)
    assert named.datasets == ("bridge",)
    assert named.metrics["labeled_episodes"] == 2
