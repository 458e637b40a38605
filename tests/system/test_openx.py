"""Two made-up datasets of Open X-Embodiment reach the report through the environment, by narrowing its mixture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from toys.openx import write_openx
from toys.sessions import Sessions, merged, sessions_in
from toys.tiny_sizes import TINY

FOLDERS = {
    "ucsd_kitchen": "ucsd_kitchen_dataset_converted_externally_to_rlds",
    "nyu_franka_play": "nyu_franka_play_dataset_converted_externally_to_rlds",
}
EPISODES = 8
CHOICE = {
    "mixture": {"only": "ucsd_kitchen+nyu_franka_play"},
    "ingestion": {"workers": 1, "split": {"val_fraction": 0.25}},
    "finetune": {"dataset": "ucsd_kitchen", "labeled_episodes": 4},
}
"""What `--params` narrows: the whole is 18 datasets."""


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    for folder in FOLDERS.values():
        write_openx(tmp_path / "openx" / folder / "0.1.0", folder, episodes=EPISODES)
    monkeypatch.setenv("LAPA_OPENX", str(tmp_path / "openx"))
    project = tmp_path / "project"
    project.mkdir()
    with sessions_in(project, Sessions) as sessions:
        yield sessions


def test_a_tree_of_two_datasets_reaches_the_report(sessions: Sessions) -> None:
    catalog = sessions.run("openx", "openx", merged(TINY, CHOICE))
    mixture = catalog.load("mixture")
    members = {member.dataset: member for member in mixture.members}
    assert set(members) == set(FOLDERS)
    for member in members.values():
        assert member.episodes == EPISODES * 3 // 4
        assert member.frames == 3 * member.episodes
    # weights 2 and 3 of the environment, the same number of frames
    assert members["ucsd_kitchen"].share == pytest.approx(0.4)
    assert mixture.max_horizon_s == 0.6
    reports = sessions.folder / "data/08_reporting/openx"
    assert "lapa" in (reports / "report/report.html").read_text()
    policy = sessions.folder / "data/06_models/openx/lapa/policy/config.json"
    assert len(json.loads(policy.read_text())["stats"]["dimensions"]) == 7
