"""A quantiser whose codes are easy to see, with moving squares to play in, behind a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.storage import save_laq
from lapa.params.laq.model import LaqModelParams
from lapa.records import Checkpoint, PairSpec
from lapa.serving.play.server import build_server, open_table
from lapa.serving.play.table import Table
from lapa.serving.server import bind
from toys.shards import tiny_shard_set

SIDE, CODES, VALUES = 32, 2, 4


def toy_table(folder: Path, **model: Any) -> Table:
    """Random weights, and large ones where codes enter: every code draws something else."""
    shards = tiny_shard_set(folder, n=8, size=SIDE)
    torch.manual_seed(0)
    config = LaqModelParams(
        image_size=SIDE,
        patch_size=4,
        dim=16,
        heads=2,
        head_dim=8,
        spatial_depth=1,
        temporal_depth=1,
        code_seq_len=CODES,
        codebook_size=VALUES,
        quant_dim=4,
        predict_difference=False,
        **model,
    )
    laq = LatentActionQuantizer(config)
    torch.nn.init.normal_(laq.project_actions.weight, std=4)
    digest = save_laq(folder / "laq", laq)
    record = Checkpoint(
        path=str(folder / "laq"),
        kind="laq",
        step=0,
        digest=digest,
        inputs={},
        pair_spec=PairSpec(horizon_s=0.2),
        code_version="test",
    )
    return open_table(record, shards, split="train", max_scenes=5)


@contextmanager
def playing(table: Table, *, token: str | None = None) -> Iterator[int]:
    """The port of a server that ends with the block."""
    server, listening = build_server(table, token=token), bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()
