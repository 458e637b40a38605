"""Video and two robots, watched together: whole graph, then another robot from the same pretraining."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lapa.records import Checkpoint
from toys.hdf5 import write_robomimic
from toys.lerobot import write_lerobot_v3
from toys.sessions import Sessions, merged, sessions_in
from toys.tiny_sizes import TINY
from toys.videos import write_gray_video

LENGTHS = [12, 9, 14, 10, 11]
FRAMES = 40
VIDEOS = 4
HELD_OUT = 0.2
SIZES = merged(
    TINY, {"laq": {"trainer": {"max_steps": 4}}, "foundation": {"trainer": {"max_steps": 4}}}
)


def write_recordings(folder: Path) -> None:
    """People at 30 Hz without actions, an arm of 3 actions at 10 Hz, one of 7 at 15 Hz."""
    for number in range(VIDEOS):
        write_gray_video(folder / f"people/{number}.mp4", FRAMES, fps=30)
    write_lerobot_v3(folder / "gripper", [LENGTHS[:3], LENGTHS[3:]])
    (folder / "franka").mkdir()
    write_robomimic(folder / "franka/demos.hdf5", LENGTHS)


def write_environment(conf: Path, recordings: Path) -> None:
    """An environment as a user writes one: three datasets, all watched, one finetuned on."""
    parameters = {
        "datasets": {
            "people": {"kind": "video_folder", "path": str(recordings / "people")},
            "gripper": {"kind": "lerobot", "path": str(recordings / "gripper")},
            "franka": {"kind": "hdf5", "path": str(recordings / "franka")},
        },
        "mixture": {
            "balance": "sqrt",
            "sources": [
                {"dataset": "people", "weight": 2},
                {"dataset": "gripper"},
                {"dataset": "franka", "max_episodes": 3},
            ],
        },
        "ingestion": {
            "workers": 1,
            "jpeg_subsampling": "420",
            "split": {"val_fraction": HELD_OUT, "by": "auto"},
        },
        "finetune": {"dataset": "gripper", "labeled_episodes": None},
        "evaluation": {"rollout": None, "on_error": "raise"},
    }
    conf.mkdir()
    (conf / "parameters.yml").write_text(yaml.safe_dump(parameters))
    globals_of = {"run": "three", "store": "three", "horizon_s": 0.2, "image_size": 64}
    (conf / "globals.yml").write_text(yaml.safe_dump(globals_of))


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    recordings = tmp_path_factory.mktemp("recordings")
    write_recordings(recordings)
    with sessions_in(tmp_path_factory.mktemp("project"), Sessions) as sessions:
        write_environment(sessions.folder / "conf/three", recordings)
        yield sessions


@pytest.fixture(scope="module")
def catalog(sessions: Sessions) -> Any:
    """What the whole graph leaves."""
    return sessions.run("three", "three", SIZES)


def policy_config(sessions: Sessions, run: str) -> dict[str, Any]:
    path = sessions.folder / "data/06_models" / run / "lapa/policy/config.json"
    config: dict[str, Any] = json.loads(path.read_text())
    return config


def test_the_table_says_what_is_drawn(sessions: Sessions, catalog: Any) -> None:
    table = sessions.folder / "data/03_primary/three/mixture/mixture.csv"
    with table.open() as file:
        rows = {row["dataset"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["people", "gripper", "franka"]
    members = {member.dataset: member for member in catalog.load("mixture").members}
    assert members["gripper"].episodes == len(LENGTHS) - 1
    assert members["franka"].episodes == 3
    # four videos are fewer than five recordings: of each the end is held out, and a gap of 0.2 s before it
    assert members["people"].frames == VIDEOS * (FRAMES - round(HELD_OUT * FRAMES) - 6)
    pulls = {name: member.weight * member.frames**0.5 for name, member in members.items()}
    for name, pull in pulls.items():
        share = pull / sum(pulls.values())
        assert members[name].share == pytest.approx(share)
        assert float(rows[name]["share"]) == pytest.approx(share, abs=1e-4)
        assert int(rows[name]["frames"]) == members[name].frames


def test_the_labels_are_of_every_dataset(catalog: Any) -> None:
    labels = catalog.load("lapa.latent_labels")
    mixture = catalog.load("mixture")
    assert labels.shard_digest == mixture.digest
    for split in ("train", "val"):
        assert set(labels.pairs[split]) == {"people", "gripper", "franka"}
        assert all(counts.pairs > 0 for counts in labels.pairs[split].values())
    # t and t + 0.2 s are 6 frames apart in the videos: each loses its last 6 to have a partner
    people = labels.pairs["train"]["people"]
    assert people.pairs == people.frames - VIDEOS * 6


def test_the_report_tells_datasets_apart(sessions: Sessions, catalog: Any) -> None:
    reports = sessions.folder / "data/08_reporting/three"
    measured = json.loads((reports / "laq/record.json").read_text())["metrics"]
    page = (reports / "report/report.html").read_text()
    for dataset in ("people", "gripper", "franka"):
        assert dataset in page
        names = {metric["name"] for metric in measured[f"laq/{dataset}"]}
        assert "psnr_gain_over_copy" in names
    assert len(policy_config(sessions, "three")["stats"]["dimensions"]) == 3


def test_another_robot_starts_from_the_same_backbone(sessions: Sessions, catalog: Any) -> None:
    backbone = catalog.load("lapa.foundation_checkpoint")
    before = written(sessions.folder)
    again = sessions.run(
        "arm",
        "three",
        merged(SIZES, {"reuse": "three", "finetune": {"dataset": "franka"}}),
        only_missing_outputs=True,
    )
    policy: Checkpoint = again.load("lapa.policy_checkpoint")
    assert policy.inputs["foundation"] == backbone.digest
    assert len(policy_config(sessions, "arm")["stats"]["dimensions"]) == 7
    after = written(sessions.folder)
    assert {path: after.get(path) for path in before} == before
    new = {path.relative_to(sessions.folder / "data") for path in after.keys() - before.keys()}
    assert {path.parts[:2] for path in new} == {("06_models", "arm"), ("08_reporting", "arm")}
    assert {path.parts[3] for path in new if path.parts[0] == "06_models"} == {"policy"}


def written(folder: Path) -> dict[Path, str]:
    """Digest of everything below ``data``, hidden scratch folders left out."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "data").glob("[0-9]*/**/*")
        if path.is_file()
    }
