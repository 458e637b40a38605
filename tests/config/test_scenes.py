"""Scenes that are scored, and robots that are labelled, are none on which anything was chosen (`docs/scenes.md`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.params.mixture import DatasetsParams
from toys.paths import ROOT

CONF = ROOT / "conf"
PAGE = (ROOT / "docs/scenes.md").read_text()
CHOSEN_ON = [
    range(int(first), int(last) + 1)
    for first, last in re.findall(r"^\| (\d+) to (\d+) \|", PAGE, re.MULTILINE)
]
RECORDINGS_CHOSEN_ON = {int(seed) for seed in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
SIMULATED = [
    "base",
    *sorted(
        p.parent.name for p in CONF.glob("*/parameters.yml") if "data: tabletop" in p.read_text()
    ),
]


def overlap(one: range, two: range) -> bool:
    return one.start < two.stop and two.start < one.stop


def parameters(environment: str) -> dict[str, object]:
    loader = ConfigLoader(str(CONF), env=environment, **CONFIG_LOADER_ARGS)
    return dict(loader["parameters"])


def test_the_page_lists_what_was_chosen_on() -> None:
    assert range(90_000, 90_050) in CHOSEN_ON
    assert range(290_000, 290_100) in CHOSEN_ON
    assert RECORDINGS_CHOSEN_ON


@pytest.mark.parametrize("environment", SIMULATED)
def test_scored_scenes_are_none_of_them(environment: str) -> None:
    rollout = EvaluationParams.model_validate(parameters(environment)["evaluation"]).rollout
    assert rollout is not None
    scored = range(rollout.first_seed, rollout.first_seed + rollout.num_scenes)
    assert not [used for used in CHOSEN_ON if overlap(scored, used)]
    assert f"| {rollout.first_seed} on |" in PAGE


def test_the_default_of_the_class_is_scored_too() -> None:
    params = RolloutParams()
    scored = range(params.first_seed, params.first_seed + params.num_scenes)
    assert not [used for used in CHOSEN_ON if overlap(scored, used)]


@pytest.mark.parametrize("environment", [name for name in SIMULATED if name != "base"])
def test_what_is_labelled_was_neither_watched_nor_chosen_on(environment: str) -> None:
    sets = DatasetsParams.model_validate(parameters(environment)["datasets"]).root
    video, robot = sets["video"].recording, sets["robot"].recording
    assert video is not None
    assert robot is not None
    assert robot.seed not in {video.seed, *RECORDINGS_CHOSEN_ON}
    for recording in (video, robot):
        assert recording.simulator.model_dump()["combinations"] == "seen"
        assert recording.simulator.model_dump()["wordings"] == "seen"


SWEEPS = sorted((ROOT / "docs/experiments").glob("sweep_*.yml"))


@pytest.mark.parametrize("file", SWEEPS, ids=lambda file: file.stem)
def test_sweeps_choose_on_scenes_that_are_for_choosing(file: Path) -> None:
    rollout = yaml.safe_load(file.read_text())["params"]
    rollout = rollout.get("evaluation.rollout") or rollout["evaluation"]["rollout"]
    tried = range(rollout["first_seed"], rollout["first_seed"] + rollout["num_scenes"])
    assert tried.start >= 290_150
    assert tried.stop <= 300_000
    assert tried in CHOSEN_ON, f"docs/scenes.md does not say that {file.name} uses them up"
