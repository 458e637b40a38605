"""Made-up recordings: textured pictures that shift, with about as many bytes a JPEG as camera images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lapa.data.episode import Episode, Frames
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.records import ShardSet

FRAMES, FRAMES_APART = 64, 5
"""Length of a recording, and of a pair, frames."""


def episodes(count: int, size: int) -> Iterator[Episode]:
    """Recordings of ``size`` pixels at 5 Hz, the same ones for the same arguments."""
    for number in range(count):
        generator = np.random.default_rng(number)
        coarse = generator.integers(
            0, 256, (max(1, size // 8), max(1, size // 8), 3), dtype=np.uint8
        )
        wide = np.asarray(
            Image.fromarray(coarse).resize((2 * size, 2 * size), Image.Resampling.BICUBIC)
        )
        noisy = np.clip(wide + generator.normal(0, 6, wide.shape), 0, 255).astype(np.uint8)

        def read(indices: Sequence[int] | None, noisy: Frames = noisy) -> Frames:
            shifts = range(FRAMES) if indices is None else indices
            return np.stack([noisy[2 * t % size :, t % size :][:size, :size] for t in shifts])

        yield Episode(
            source="texture", episode_id=f"{number:05d}", num_frames=FRAMES, fps=5.0, read_frames=read
        )  # fmt: skip


def make_shards(folder: Path, pairs: int, size: int, **ingestion: Any) -> ShardSet:
    """Ingest enough recordings for ``pairs`` pairs; nothing is held out.

    Args:
        folder: of the shard set.
        pairs: at least so many.
        size: side of the frames, pixels.
        ingestion: other values of `ingestion`.
    """
    count = -(-pairs // (FRAMES - FRAMES_APART))
    source = Input(
        params=SourceParams(kind="texture", path=""), open=lambda report: episodes(count, size)
    )
    params = IngestionParams(
        image_size=size,
        max_horizon_s=1.0,
        max_samples_per_shard=16,
        split=SplitParams(val_fraction=0),
        **ingestion,
    )
    return ingest_inputs([source], params=params, out=folder)
