"""`lapa predict` on pictures, a clip, a shard set and the source that it was made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from lapa.cli.predict import predict
from toys.three_models import ThreeModels, three_models
from toys.videos import write_gray_video


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ThreeModels:
    return three_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "camera.png"
    Image.new("RGB", (64, 48), (180, 40, 40)).save(path)
    return path


def called(*arguments: object) -> Result:
    return CliRunner().invoke(predict, [str(argument) for argument in arguments])


def answered(*arguments: object) -> dict[str, Any]:
    result = called(*arguments)
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_one_picture_gives_one_chunk_of_actions(models: ThreeModels, image: Path) -> None:
    content = answered(models.policy, image, "--instruction", "move the red square")
    (recording,) = content["recordings"]
    assert np.shape(recording["actions"]) == (1, 3, 2)
    assert recording["control_hz"] is None
    assert [dimension["name"] for dimension in content["dimensions"]] == ["dx", "dy"]


def test_a_clip_and_files_for_it(models: ThreeModels, tmp_path: Path) -> None:
    clip = write_gray_video(tmp_path / "clip.mp4", 6)
    files = (
        "--out",
        tmp_path / "a.json",
        "--out",
        tmp_path / "a.npz",
        "--overlay",
        tmp_path / "o.mp4",
    )
    result = called(models.policy, clip, "--instruction", "push", "--every", 2, *files)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [f"3 frames: {path}" for path in files[1::2]]
    recording = json.loads((tmp_path / "a.json").read_text())["recordings"][0]
    assert (recording["frames"], recording["control_hz"]) == ([0, 2, 4], 10)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as content:
        np.testing.assert_array_equal(content["actions"], np.float32(recording["actions"]))


def test_the_state_comes_from_the_data_or_the_command_line(
    models: ThreeModels, image: Path
) -> None:
    assert answered(models.state_policy, models.shards.path)["state"] == ["x", "y"]
    order = ("--instruction", "push")
    refused = called(models.state_policy, image, *order)
    assert refused.exit_code == 1
    assert "expected --state with 2 numbers: x, y" in refused.output
    near, far = (
        answered(models.state_policy, image, *order, "--state", state)["recordings"][0]["actions"]
        for state in ("[1, 2]", "[30, 30]")
    )
    assert near != far
    unread = called(models.policy, image, *order, "--state", "[1, 2]")
    assert "this model reads no state" in unread.output


def test_a_foundation_model_gives_codes_with_probabilities(models: ThreeModels) -> None:
    recording = answered(models.foundation, models.shards.path, "--every", 6)["recordings"][0]
    assert np.shape(recording["codes"]) == (2, 2)
    np.testing.assert_allclose(np.sum(recording["probabilities"], axis=-1), 1, atol=1e-5)


def test_a_quantiser_gives_codes_and_a_strip(models: ThreeModels, tmp_path: Path) -> None:
    strip = tmp_path / "strip.png"
    result = called(models.laq, models.shards.path, "--strip", strip)
    assert result.exit_code == 0, result.output
    assert Image.open(strip).size[0] == 498
    content = answered(models.laq, models.shards.path, "--all-episodes", "--split", "train")
    assert len(content["recordings"]) == models.shards.split("train").episodes
    assert content["recordings"][0]["horizon_frames"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "input nowhere does not exist"),
        (("{image}",), 'expected --instruction "what to do"'),
        (("{image}", "--overlay", "o.gif"), "ends in .mp4"),
        (("{image}", "--frames-like", "{image}"), "is no finished shard set"),
    ],
)
def test_refusals_are_one_line(
    models: ThreeModels, image: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = called(models.policy, *(argument.format(image=image) for argument in arguments))
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1
