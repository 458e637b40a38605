"""A served policy answers as the policy itself, whoever else asks, and in every form of message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lapa.data.shards.images import as_stored
from lapa.models.policy.storage import load_policy
from lapa.serving.client import Client, observation
from lapa.serving.limits import Limits
from lapa.serving.numpy_messages import pack, unpack
from lapa.serving.open_service import open_service
from toys.served import ACTIONS, CHUNK, TEXTS, ask, camera, running, toy_policy

STATES = ("x", "y")
MSGPACK = {"Content-Type": "application/msgpack"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_policy(tmp_path_factory.mktemp("policy"), state_names=STATES)


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with running(open_service(folder, Limits(gather_s=0.05))) as port:
        yield port


def state_of(seed: int) -> list[float]:
    return [0.25 * seed, -1.0]


def expected(folder: Path, seed: int) -> NDArray[np.float32]:
    """What the policy says alone, of a picture as ingestion makes it."""
    policy = load_policy(folder)
    picture = torch.from_numpy(as_stored(camera(seed), policy.frame_codec))[None]
    state = torch.tensor([state_of(seed)])
    return policy.predict(picture, [TEXTS[seed % 2]], state)[0].numpy()


def test_the_client_gets_what_the_policy_says(port: int, folder: Path) -> None:
    client = Client(f"http://127.0.0.1:{port}")
    actions = client.predict(camera(1), TEXTS[1], state_of(1))
    assert actions.shape == (CHUNK, ACTIONS)
    assert actions.dtype == np.float32
    np.testing.assert_allclose(actions, expected(folder, 1), atol=1e-6)
    client.close()


def test_files_pixels_and_arrays_are_one_picture(port: int) -> None:
    png = cv2.imencode(".png", camera(1)[..., ::-1])[1].tobytes()
    client = Client(f"http://127.0.0.1:{port}")
    by_file = client.predict(png, TEXTS[0], state_of(0))
    by_pixels = client.predict(camera(1), TEXTS[0], np.array(state_of(0)))
    np.testing.assert_allclose(by_file, by_pixels, atol=1e-6)
    for image in (png, camera(1)):
        state = np.array(state_of(0), np.float64)
        observed = {"observation/image": image, "prompt": TEXTS[0], "observation/state": state}
        status, answer = post_msgpack(port, pack({"observations": [observed]}))
        assert status == 200
        np.testing.assert_allclose(answer["actions"][0], by_pixels, atol=1e-6)


def post_msgpack(port: int, body: bytes) -> tuple[int, dict[str, NDArray[np.float32]]]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/predict", body, MSGPACK)
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "application/msgpack"
    return response.status, unpack(response.read())


def test_answers_do_not_depend_on_who_else_asks(port: int, folder: Path) -> None:
    """Twelve callers at once, one of them with five observations, each against the policy alone."""

    def one(seed: int) -> NDArray[np.float32]:
        return Client(f"http://127.0.0.1:{port}").predict(
            camera(seed), TEXTS[seed % 2], state_of(seed)
        )

    several = [observation(camera(s), TEXTS[s % 2], state_of(s)) for s in range(20, 25)]
    with ThreadPoolExecutor(12) as callers:
        many = callers.submit(Client(f"http://127.0.0.1:{port}").predict_batch, several)
        answers = list(callers.map(one, range(11)))
    for seed, actions in enumerate(answers):
        np.testing.assert_allclose(actions, expected(folder, seed), atol=1e-6)
    for seed, actions in zip(range(20, 25), many.result(), strict=True):
        np.testing.assert_allclose(actions, expected(folder, seed), atol=1e-6)
    assert np.ptp(np.stack(answers), axis=0).max() > 1e-3, "the observations make no difference"


def test_metadata_says_what_a_caller_must_know(port: int) -> None:
    status, facts = ask(port, "/metadata")
    assert status == 200
    policy = facts["policy"]
    assert [action["name"] for action in policy["actions"]] == ["dx", "dy", "dz"]
    assert all(action["unit"] == "m" for action in policy["actions"])
    assert all(-1.1 < action["low"] < action["high"] < 1.1 for action in policy["actions"])
    assert (policy["chunk"], policy["control_hz"], policy["state"]) == (CHUNK, 10.0, list(STATES))
    assert len(policy["digest"]) == 64
    assert facts["limits"]["max_batch"] == Limits().max_batch


def test_health_says_ok(port: int) -> None:
    assert ask(port, "/health") == (200, {"status": "ok", "waiting": 0})


def test_an_empty_instruction_is_an_instruction(port: int) -> None:
    body = json.dumps({"observations": [observation(camera(0), "", state_of(0))]}).encode()
    status, answer = ask(port, body=body)
    assert status == 200
    assert np.isfinite(answer["actions"]).all()
