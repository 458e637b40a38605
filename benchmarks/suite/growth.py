"""Every stage of the data once, for one number of made-up episodes: `python growth.py COUNT FOLDER` prints JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lapa.data.episode import Episode, Frames
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.data.loading.loader import training_loader
from lapa.data.loading.order import SampleStream
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.labeling.worker import label_tasks, plan_tasks
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.params.labeling import LabelingParams
from lapa.records import PairSpec, ShardSet
from suite.peak import peak_of

FRAMES, SIDE, BATCHES = 8, 32, 20
"""Of an episode; pixels; batches of 64 that are loaded."""
SPEC = PairSpec(horizon_s=0.2)
STAGES = (
    "ingestion",
    "opening the index",
    "beginning an epoch",
    f"loading {BATCHES} batches",
    "labelling without a model",
)


class NoModel:
    """Codes that cost nothing: what is measured is reading, decoding and writing."""

    code_seq_len, codebook_size = 4, 8

    def codes(self, frames: torch.Tensor) -> torch.Tensor:
        """Zeros."""
        return torch.zeros(len(frames), self.code_seq_len, dtype=torch.int64)


def grown(count: int, folder: Path) -> dict[str, dict[str, float]]:
    """CPU-seconds and MiB of every stage."""
    torch.set_num_threads(1)
    held: dict[str, Any] = {}

    def keep(name: str, make: Callable[[], Any]) -> None:
        held[name] = make()

    shards = partial(held.__getitem__, "shards")
    pairs = partial(held.__getitem__, "pairs")
    calls: tuple[Callable[[], object], ...] = (
        lambda: keep("shards", lambda: _ingest(count, folder / "shards")),
        lambda: keep("pairs", lambda: open_pairs(shards(), "train", SPEC)),
        lambda: SampleStream(pairs(), seed=0).take(0, 64),
        lambda: _load(pairs()),
        lambda: _label(shards(), folder),
    )
    _ingest(2, folder / "warm")
    measured = [peak_of(call) for call in calls]
    return {
        stage: {"seconds": spent.processor, "mib": mib}
        for stage, (spent, mib) in zip(STAGES, measured, strict=True)
    }


def _episodes(count: int) -> Iterator[Episode]:
    for number in range(count):
        picture = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)

        def read(indices: Sequence[int] | None, picture: Frames = picture) -> Frames:
            chosen = range(FRAMES) if indices is None else indices
            return np.stack([np.roll(picture, t, axis=1) for t in chosen])

        yield Episode(
            source="rolling", episode_id=f"{number:07d}", num_frames=FRAMES, fps=5.0, read_frames=read
        )  # fmt: skip


def _ingest(count: int, out: Path) -> ShardSet:
    params = IngestionParams(
        image_size=SIDE, max_horizon_s=0.2, split=SplitParams(val_fraction=0.1)
    )
    source = SourceParams(kind="rolling", path="")
    return ingest_inputs(
        [Input(params=source, open=lambda report: _episodes(count))], params=params, out=out
    )


def _load(pairs: PairDataset) -> None:
    for _ in training_loader(pairs, batch_size=64, seed=0, max_steps=BATCHES):
        pass


def _label(shards: ShardSet, folder: Path) -> None:
    label_tasks(
        plan_tasks(shards),
        shard_set=shards,
        spec=SPEC,
        coder=NoModel(),
        params=LabelingParams(batch_size=64),
        folder=folder / "labels",
        show_progress=False,
    )


if __name__ == "__main__":
    print(json.dumps(grown(int(sys.argv[1]), Path(sys.argv[2]))))
