"""Every simulated set records what `recording` says, but for what it says itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.config.recordings import shared_recordings
from lapa.hooks.preflight.parameter_names import require_known_parameters
from lapa.params.mixture import DatasetsParams
from lapa.refused import RefusedError

BASE = """
recording: {num_episodes: 9, seed: "${globals:seed}", simulator: {kind: tabletop, camera: front, image_size: "${globals:image_size}"}}
datasets:
  video: {kind: simulator}
  robot: {kind: simulator, recording: {seed: 5, simulator: {tasks: [reach]}}}
  web: {kind: video_folder, path: /web}
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Any:
    def loaded(environment: str = "", **given: Any) -> dict[str, Any]:
        files = {"base/parameters.yml": BASE, "base/globals.yml": "seed: 0\nimage_size: 32"}
        files["own/parameters.yml"] = environment or "{}"
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        loader = ConfigLoader(str(tmp_path), env="own", runtime_params=given, **CONFIG_LOADER_ARGS)
        return dict(loader["parameters"])

    return loaded


def test_what_a_set_says_itself_wins_value_by_value(loaded: Any) -> None:
    sets = DatasetsParams.model_validate(loaded()["datasets"]).root
    video, robot = sets["video"].recording, sets["robot"].recording
    assert video is not None
    assert robot is not None
    assert (video.num_episodes, video.seed, video.simulator.tasks) == (9, 0, ("reach", "lift"))
    assert (robot.num_episodes, robot.seed, robot.simulator.tasks) == (9, 5, ("reach",))
    assert robot.simulator.image_size == 32
    assert sets["web"].recording is None


def test_higher_layers_of_the_section_stay_below_the_sets_own(loaded: Any) -> None:
    parameters = loaded(
        "recording: {seed: 3, workers: 1}", recording={"seed": 7, "num_episodes": 2}
    )
    recordings = {name: d.get("recording") for name, d in parameters["datasets"].items()}
    assert {r["num_episodes"] for r in recordings.values() if r} == {2}
    assert {r["workers"] for r in recordings.values() if r} == {1}
    assert (recordings["video"]["seed"], recordings["robot"]["seed"]) == (7, 5)
    given = loaded(datasets={"robot": {"recording": {"num_episodes": 4}}})["datasets"]
    assert given["robot"]["recording"]["num_episodes"] == 4
    assert given["video"]["recording"]["num_episodes"] == 9


def test_a_set_in_another_simulator_begins_anew(loaded: Any) -> None:
    own = "datasets: {robot: {recording: {simulator: {kind: points}}}}"
    robot = loaded(own)["datasets"]["robot"]["recording"]
    assert robot["simulator"] == {"kind": "points", "image_size": 32}
    assert robot["num_episodes"] == 9


def test_a_set_that_is_read_after_all_gets_none(loaded: Any) -> None:
    sets = loaded("datasets: {video: {kind: recorded, path: /there}}")["datasets"]
    assert "recording" not in sets["video"]


def test_a_typing_error_names_the_nearest(loaded: Any) -> None:
    own = "datasets: {video: {recording: {simulator: {camrea: side}}}}"
    parameters = {"datasets": loaded(own)["datasets"]}
    with pytest.raises(
        RefusedError, match=r"datasets\.video\.recording\.simulator\.camrea'; did you mean 'camera'"
    ):
        require_known_parameters(parameters, given={}, known_globals={})


def test_layers_are_left_as_they_were() -> None:
    layer = OmegaConf.create({"recording": {"seed": 1}, "datasets": {"one": {"kind": "simulator"}}})
    (shared,) = shared_recordings([layer])
    shared["datasets"]["one"]["recording"]["seed"] = 2
    assert layer["recording"]["seed"] == 1
    assert not list(shared_recordings([OmegaConf.create({"recording": {"seed": 1}})]))
