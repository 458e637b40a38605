"""The text of an environment: valid YAML, whatever stands in the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lapa.proposal.page import SIGN, environment_files
from lapa.proposal.picture import Size
from lapa.proposal.propose import Wishes, propose
from lapa.proposal.words import WIDTH, fact_lines
from lapa.refused import RefusedError
from toys.source_facts import camera_facts, dataset_facts, source_facts

EVIL = "lift it\nlaq: {preset: paper}\n# \ud800"


def parameters(source: Any, **wishes: Any) -> dict[str, Any]:
    files = environment_files(propose("arm", source, Wishes(**wishes)))
    assert all(text.startswith(SIGN) and text.endswith("\n") for text in files.values())
    parsed = {name: yaml.safe_load(text) for name, text in files.items()}
    assert parsed["globals.yml"] == {"run": "arm", "horizon_s": 0.6}
    content: dict[str, Any] = parsed["parameters.yml"]
    return content


@pytest.mark.parametrize("size", ["test", "demo", "small", None])
def test_every_size_is_yaml(size: Size | None) -> None:
    content = parameters(source_facts(), size=size)
    assert content["datasets"] == {
        "robot": {"kind": "lerobot", "path": "/data/arm", "options": {"camera": "front"}}
    }
    assert content["finetune"]["use_state"] is True
    assert content["evaluation"]["rollout"] is None
    preset = content["laq"]["preset"]
    assert preset == ("small" if size == "small" else "demo")
    trainer = content["by_preset"]["laq"][preset]["trainer"]
    assert trainer["max_steps"] == (12 if size == "test" else {"demo": 680, "small": 1000}[preset])


def test_texts_of_a_dataset_stay_in_their_comments() -> None:
    evil = dataset_facts(name=EVIL, instructions=(EVIL,), action_names=(EVIL, "y"), notes=(EVIL,))
    content = parameters(source_facts(evil, dataset_facts(action_names=("z",), actions_are=())))
    assert content["laq"] == {"preset": "demo"}
    assert content["finetune"]["dataset"].startswith("robot/lift it\nlaq")


def test_lines_are_short_and_whole() -> None:
    names = tuple(f"joint_{number}" for number in range(44))
    dataset = dataset_facts(action_names=names, actions_are=(), state_names=names)
    lines = fact_lines(propose("arm", source_facts(dataset), Wishes()))
    assert max(map(len, lines)) <= WIDTH
    assert all(name in " ".join(lines) for name in names)
    assert any("44 states of the same names" in line for line in lines)


def test_cameras_are_datasets_of_their_own() -> None:
    cameras = (camera_facts("front"), camera_facts("observation.images.cam-left"))
    content = parameters(source_facts(cameras=cameras), cameras=("front", "cam-left"))
    assert list(content["datasets"]) == ["robot", "robot_cam_left"]
    assert content["datasets"]["robot_cam_left"]["options"]["camera"] == cameras[1].name
    sources = content["mixture"]["sources"]
    assert [source["dataset"] for source in sources] == ["robot", "robot_cam_left"]
    assert content["finetune"]["dataset"] == "robot"


def test_cameras_together_are_one_dataset() -> None:
    cameras = (camera_facts("front"), camera_facts("wrist"), camera_facts("dark", spread=0.0))
    content = parameters(source_facts(cameras=cameras), together=True)
    assert content["datasets"]["robot"]["options"]["camera"] == ["front", "wrist"]
    assert content["finetune"]["dataset"] == "robot"
    alone = propose("arm", source_facts(cameras=cameras), Wishes())
    both = propose("arm", source_facts(cameras=cameras), Wishes(together=True))
    assert both.lengths == alone.lengths


def test_one_camera_cannot_be_put_together() -> None:
    with pytest.raises(RefusedError, match=r"\['front'\] is to be put together, expected two"):
        propose("arm", source_facts(), Wishes(together=True))


def test_options_are_kept() -> None:
    options = {"fps": 5, "states": ["a", "b"], "flip_vertical": True, "fields": {"camera": "x: y"}}
    content = parameters(source_facts(options=options))
    assert content["datasets"]["robot"]["options"] == {**options, "camera": "front"}


def test_a_reference_in_a_path_is_refused() -> None:
    source = source_facts(path=Path("/data/${oc.env:HOME}"))
    with pytest.raises(RefusedError, match="takes for a reference"):
        environment_files(propose("arm", source, Wishes()))
