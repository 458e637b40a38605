"""A quantiser, its scenes and the page, ready to be served on this machine."""

from __future__ import annotations

import socket
from pathlib import Path

import torch
import uvicorn

from lapa.models.laq.storage import load_laq
from lapa.records import Checkpoint, ShardSet
from lapa.serving.play.app import TIMEOUT_S, build_play_app
from lapa.serving.play.player import Player
from lapa.serving.play.scenes import Scenes
from lapa.serving.play.table import Table
from lapa.serving.punctual import punctual
from lapa.serving.server import end_quietly

MAX_CONNECTIONS = 64


def open_table(
    laq: Checkpoint,
    shards: ShardSet,
    *,
    split: str,
    max_scenes: int,
    device: torch.device | str = "cpu",
) -> Table:
    """Load the quantiser and look the scenes up.

    Args:
        laq: the quantiser, for frames of the shards' size.
        shards: clips.
        split: whose clips.
        max_scenes: clips the page lists.
        device: where the quantiser computes.

    Raises:
        RefusedError: no clip is longer than the horizon.
        ValueError: weights, configuration or shards are damaged.
        FileNotFoundError: one of them is missing.
    """
    folder = Path(laq.path)
    scenes = Scenes(shards, split, laq.pair_spec, most=max_scenes)
    player = Player(load_laq(folder).to(device), scenes)
    name = "/".join(folder.resolve().parts[-2:])
    return Table(player, scenes, name=name, horizon_s=laq.pair_spec.horizon_s)


def build_server(table: Table, *, token: str | None) -> uvicorn.Server:
    """A server for this machine."""
    return uvicorn.Server(
        uvicorn.Config(
            build_play_app(table, token=token),
            loop="asyncio",
            http=punctual(TIMEOUT_S),
            ws="none",
            limit_concurrency=MAX_CONNECTIONS,
            proxy_headers=False,
            server_header=False,
            log_config=None,
            log_level="warning",
            access_log=False,
        )
    )


def run(table: Table, listening: socket.socket, *, token: str | None) -> None:
    """Serve until SIGTERM or SIGINT."""
    end_quietly()
    build_server(table, token=token).run(sockets=[listening])
