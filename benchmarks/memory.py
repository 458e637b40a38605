"""Peak memory of ingestion and loading at 1x and 10x the data: it must not grow with it.

    python benchmarks/memory.py [--frames 2000] [--size 128]

Each measurement is a process of its own; made-up pictures are generated as they are read. The
ten-fold set has ten times as many episodes, one of them ten times as long.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from lapa.data.episode import Episode, Frames
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.data.loading.loader import training_loader
from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.summary import find_shard_set
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.records import PairSpec

EPISODES = 10


def episodes(frames: int, scale: int, size: int) -> Iterator[Episode]:
    """``EPISODES * scale`` episodes; the last is ``scale`` times as long."""
    for number in range(EPISODES * scale):
        generator = np.random.default_rng(number)
        picture = generator.integers(0, 256, (size, size, 3), dtype=np.uint8)
        length = frames // EPISODES * (scale if number == EPISODES * scale - 1 else 1)

        def read(
            indices: Sequence[int] | None, picture: Frames = picture, length: int = length
        ) -> Frames:
            chosen = range(length) if indices is None else indices
            return np.stack([np.roll(picture, t, axis=1) for t in chosen])

        yield Episode(
            source="rolling", episode_id=f"{number:05d}", num_frames=length, fps=10.0, read_frames=read
        )  # fmt: skip


def peak_mb() -> float:
    """Largest resident set of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(stage: str, folder: Path, frames: int, scale: int, size: int) -> None:
    """Run one stage in this process and print megabytes before and at the peak."""
    torch.set_num_threads(1)
    before = peak_mb()
    if stage == "ingestion":
        source = SourceParams(kind="rolling", path="")
        params = IngestionParams(
            image_size=size,
            max_horizon_s=1.0,
            max_samples_per_shard=100,
            split=SplitParams(val_fraction=0),
        )
        ingest_inputs(
            [Input(params=source, open=lambda report: episodes(frames, scale, size))],
            params=params,
            out=folder,
        )
    else:
        pairs = open_pairs(find_shard_set(folder), "train", PairSpec(horizon_s=1.0))
        for batch in training_loader(pairs, batch_size=32, seed=0, max_steps=len(pairs) // 32):
            del batch
    print(f"{before:.0f} {peak_mb():.0f}")


def main() -> None:
    """Measure every stage at both scales in fresh processes and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=2000, help="frames at 1x")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument(
        "--one", nargs=3, metavar=("STAGE", "FOLDER", "SCALE"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.one:
        stage, folder, scale = options.one
        measure(stage, Path(folder), options.frames, int(scale), options.size)
        return
    print(f"{'stage':<12}{'scale':>6}{'imports':>10}{'peak MB':>10}{'used MB':>10}")
    with tempfile.TemporaryDirectory(prefix="lapa-memory-") as work:
        for stage in ("ingestion", "loading"):
            for scale in (1, 10):
                sizes = ["--frames", str(options.frames), "--size", str(options.size)]
                one = ["--one", stage, str(Path(work, f"x{scale}")), str(scale)]
                run = subprocess.run(
                    [sys.executable, __file__, *sizes, *one],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                before, peak = map(int, run.stdout.split()[-2:])
                print(
                    f"{stage:<12}{scale:>5}x{before:>10}{peak:>10}{peak - before:>10}", flush=True
                )


if __name__ == "__main__":
    main()
