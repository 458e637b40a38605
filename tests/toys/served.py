"""A tiny policy in a folder, and a real server for it on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.statistics.action_bins import fit_action_stats
from lapa.models.foundation.build import build_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.storage import save_policy
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.heads import L1HeadParams
from lapa.params.policy import PolicyModelParams
from lapa.records import FrameCodec
from lapa.serving.server import DrainingServer, bind
from lapa.serving.service import Service

SIDE, CHUNK, ACTIONS = 16, 2, 3
TEXTS = ["reach the red cube", "lift the blue cube"]
JSON = {"Content-Type": "application/json"}


def toy_policy(folder: Path, *, state_names: tuple[str, ...] = ()) -> Path:
    """Save a policy of random weights."""
    torch.manual_seed(0)
    foundation = FoundationModelParams(
        code_seq_len=2,
        codebook_size=4,
        backend=FilmCnnParams(image_size=SIDE, channels=4, blocks=1, text_dim=4, feature_dim=6),
    )
    actions = np.random.default_rng(0).uniform(-1, 1, (200, ACTIONS))
    stats = fit_action_stats(
        actions, names=["dx", "dy", "dz"], units=["m"] * 3, episodes=4, shard_digest="s", bins=16
    )
    config = PolicyModelParams(
        foundation=foundation,
        head=L1HeadParams(hidden_dim=8),
        chunk=CHUNK,
        state_dim=len(state_names) or None,
        state_names=state_names,
        stats=stats,
        frame_codec=FrameCodec(image_size=SIDE),
        control_hz=10.0,
    )
    policy = build_policy(config, backbone=build_foundation(foundation, instructions=TEXTS))
    if policy.state_input is not None:
        torch.nn.init.normal_(policy.state_input.project.weight)
    save_policy(folder, policy, config)
    return folder


def camera(seed: int, height: int = 24, width: int = 32) -> NDArray[np.uint8]:
    """A frame of noise."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@contextmanager
def running(service: Service, *, token: str | None = None) -> Iterator[int]:
    """The port of a server that ends, gracefully, with the block."""
    with stoppable(service, token=token) as (port, _):
        yield port


@contextmanager
def stoppable(
    service: Service, *, token: str | None = None
) -> Iterator[tuple[int, DrainingServer]]:
    """As `running`, with the server itself."""
    server, listening = DrainingServer(service, token=token), bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield listening.getsockname()[1], server
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


def ask(
    port: int,
    path: str = "/predict",
    body: bytes | None = None,
    headers: Mapping[str, str] = JSON,
    method: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
