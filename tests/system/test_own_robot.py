"""From a folder of real recordings to a policy that answers alike as Python, as ONNX and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import onnxruntime
import pytest
import torch
from click.testing import CliRunner
from numpy.typing import NDArray

from lapa.cli.export import export
from lapa.cli.new_env import new_env
from lapa.cli.predict import predict
from lapa.data.episode import Episode
from lapa.data.sources.registry import open_source
from lapa.export.graphs.tokens import encoded
from lapa.models.policy.frames import as_stored
from lapa.models.policy.storage import load_policy
from lapa.serving.client import Client
from lapa.serving.limits import Limits
from lapa.serving.open_service import open_service
from toys.served import running
from toys.sessions import Sessions, sessions_in

WORDS = 16
EVALUATION = {"evaluation": {"on_error": "raise", "open_loop": {"num_traces": 1}}}
RECORDINGS = {
    "g1": ("g1_real_lerobot_v30", "lerobot", 26),
    "bridge_arm": ("bridge_rlds", "rlds", 7),
}
"""Environment -> folder, kind that is detected, dimensions of its actions."""


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    with sessions_in(tmp_path, Sessions) as sessions:
        yield sessions


def called(command: click.Command, *arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.reference_data
@pytest.mark.timeout(900)  # a minute and a half alone
@pytest.mark.parametrize("name", RECORDINGS)
def test_from_a_folder_to_the_same_action_everywhere(
    name: str, sessions: Sessions, reference_data: Path
) -> None:
    folder, kind, dimensions = RECORDINGS[name]
    data = reference_data / "data" / folder
    said = called(new_env, name, "--from", data, "--size", "test")
    assert f"{dimensions} actions" in said

    sessions.run(name, name, EVALUATION)
    outputs = sessions.folder / "data"
    policy = outputs / f"06_models/{name}/lapa/policy"
    page = (outputs / f"08_reporting/{name}/report/report.html").read_text()
    assert "minus the previous true action" in page
    assert "Episode by episode, over time" in page

    called(predict, policy, data, "--every", 1000, "--out", "actions.json")
    (recording,) = json.loads(Path("actions.json").read_text())["recordings"]
    expected = np.array(recording["actions"][0], np.float32)
    assert expected.shape == (1, dimensions)

    shards = outputs / f"03_primary/{name}/robot"
    called(export, policy, "exported", "--shards", shards, "--samples", 8, "--words", WORDS)
    episode = next(open_source(kind, data))
    tolerance = 1e-4 * scales(policy)
    assert (np.abs(by_onnx(policy, episode) - expected) <= tolerance).all()
    with running(open_service(policy, Limits())) as port:
        client = Client(f"http://127.0.0.1:{port}")
        assert episode.states is not None
        served = client.predict(episode.frames([0])[0], episode.instruction, episode.states[0])
        client.close()
    assert (np.abs(served - expected) <= tolerance).all()


def by_onnx(folder: Path, episode: Episode) -> NDArray[np.float32]:
    """The chunk that the exported graph gives for the first frame."""
    policy = load_policy(folder)
    frame = torch.from_numpy(episode.frames([0]))
    given = {
        "images": as_stored(frame, policy.frame_codec).numpy(),
        **encoded(policy.backbone, [episode.instruction], words=WORDS),
    }
    if policy.state_input is not None:
        assert episode.states is not None
        given["states"] = episode.states[:1]
    session = onnxruntime.InferenceSession("exported/policy.onnx")
    (actions,) = session.run(["actions"], given)
    chunk: NDArray[np.float32] = actions[0]
    return chunk


def scales(folder: Path) -> NDArray[np.float64]:
    """Half the labelled range of every dimension."""
    return np.array([dimension.scale for dimension in load_policy(folder).stats.dimensions])
