"""How large a shuffle buffer `laq.loader: stream` needs: throughput, repetition, and what is learnt, at toy size.

    python benchmarks/shuffle_buffer.py [--episodes 120] [--steps 200] [--buffers 1 64 512 4096] [--seeds 0 1 2]

Squares move over pictures whose colours change slowly from episode to episode, so that neighbours in a tar are alike,
as in recordings of one day; `map` reads the same shards in its exact order. Per row: pairs per CPU-second of the
loader alone; share of an epoch's pairs that came twice or never with 1 and 2 loader processes; distinct colours in a
batch; and the held-out loss and gain over copying of a tiny quantizer after ``--steps`` steps, mean and standard
deviation over the seeds.
"""

from __future__ import annotations

import argparse
import colorsys
import logging
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lapa.data.episode import Episode, Frames
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.data.loading.loader import training_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.streaming.loader import streaming_loader
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.laq import fit

SIDE, SQUARE, FRAMES, CLIPS_PER_SHARD, BATCH = 32, 8, 32, 8, 16
SPEC = PairSpec(horizon_s=0.1)


def episode(number: int, of: int) -> Episode:
    """A square that walks at random; hue of the picture by the episode's place among all."""
    random = np.random.default_rng([7, number])
    hue = number / of
    ground = 255 * np.array(colorsys.hsv_to_rgb(hue, 0.6, 0.4))
    color = 255 * np.array(colorsys.hsv_to_rgb((hue + 0.4) % 1, 0.9, 0.9))
    steps = random.integers(-4, 5, (FRAMES, 2)).cumsum(0) + random.integers(0, SIDE, 2)
    places = np.abs((steps + SIDE) % (2 * (SIDE - SQUARE)) - (SIDE - SQUARE))

    def read(indices: Iterable[int] | None = None) -> Frames:
        chosen = list(range(FRAMES) if indices is None else indices)
        frames = np.empty((len(chosen), SIDE, SIDE, 3), np.uint8)
        frames[:] = ground
        for frame, t in zip(frames, chosen, strict=True):
            row, column = places[t]
            frame[row : row + SQUARE, column : column + SQUARE] = color
        return frames

    return Episode(
        source="squares", episode_id=f"{number:05d}", num_frames=FRAMES, fps=10.0, read_frames=read
    )


def make_shards(folder: Path, episodes: int) -> ShardSet:
    """One clip an episode, few clips a tar."""
    made = [episode(number, episodes) for number in range(episodes)]
    params = IngestionParams(
        image_size=SIDE,
        max_horizon_s=0.1,
        max_samples_per_shard=CLIPS_PER_SHARD,
        split=SplitParams(val_fraction=0.2),
    )
    source = Input(params=SourceParams(kind="made-up", path="-"), open=lambda report: iter(made))
    return ingest_inputs([source], params=params, out=folder / "shards")


def quantizer(buffer: int | None, steps: int, seed: int) -> LaqParams:
    """A tiny quantizer; ``buffer`` None reads by `map`."""
    loader: dict[str, Any] = (
        {} if buffer is None else {"loader": "stream", "stream": {"shuffle_buffer": buffer}}
    )
    return LaqParams.model_validate(
        {
            "model": {
                "image_size": SIDE,
                "patch_size": 4,
                "dim": 32,
                "heads": 2,
                "head_dim": 16,
                "spatial_depth": 1,
                "temporal_depth": 1,
                "decoder_depth": 1,
                "code_seq_len": 4,
                "codebook_size": 8,
                "quant_dim": 4,
                "codebook_init": "data",
                "normalize_delta": True,
                "predict_difference": True,
            },
            "optimizer": {"learning_rate": 2e-3, "warmup_steps": 10},
            "trainer": {
                "max_steps": steps,
                "batch_size": BATCH,
                "validate_every": steps,
                "val_max_samples": 256,
                "log_every": steps,
                "checkpoint_every": steps,
                "accelerator": "cpu",
                "num_threads": 1,
                "seed": seed,
            },
            "pictures": 0,
            **loader,
        }
    )


def batches_of(
    pairs: PairDataset, buffer: int | None, steps: int, workers: int = 0
) -> Iterable[Any]:
    """As training would read them."""
    build = training_loader if buffer is None else partial(streaming_loader, shuffle_buffer=buffer)
    return build(pairs, batch_size=BATCH, seed=0, max_steps=steps, num_workers=workers)


def throughput(pairs: PairDataset, buffer: int | None) -> float:
    """Pairs per CPU-second over an epoch, start included."""
    steps = len(pairs) // BATCH
    begin = time.process_time()
    for _ in batches_of(pairs, buffer, steps):
        pass
    return steps * BATCH / (time.process_time() - begin)


def repetition(pairs: PairDataset, buffer: int | None, workers: int) -> tuple[float, float]:
    """Shares of an epoch's pairs that came more than once, and never."""
    found: Counter[int] = Counter()
    for batch in batches_of(pairs, buffer, len(pairs) // BATCH, workers):
        found.update(batch["sample_id"].tolist())
    return sum(n > 1 for n in found.values()) / len(pairs), 1 - len(found) / len(pairs)


def episodes_in_batch(pairs: PairDataset, buffer: int | None) -> float:
    """Distinct episodes in a batch, mean over an epoch: how well it is mixed."""
    owners = pairs.table.episode
    counts = [
        len(set(owners[pairs.table.clips_of(batch["sample_id"].numpy())].tolist()))
        for batch in batches_of(pairs, buffer, len(pairs) // BATCH)
    ]
    return statistics.mean(counts)


def learnt(shards: ShardSet, buffer: int | None, steps: int, seeds: list[int]) -> str:
    """Held-out loss and gain over copying frame t, dB."""
    values: dict[str, list[float]] = {"val/loss": [], "val/psnr_gain_over_copy": []}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as work:
            params = quantizer(buffer, steps, seed)
            trained = fit(shards=shards, pair_spec=SPEC, params=params, work=Path(work))
        for name, of_runs in values.items():
            of_runs.append(trained.metrics[name])
    loss, gain = values.values()
    return f"{spread(loss, '.5f')} | {spread(gain, '.2f')}"


def spread(values: list[float], form: str) -> str:
    """Mean, and standard deviation where there are several."""
    mean = format(statistics.mean(values), form)
    return f"{mean} ± {format(statistics.stdev(values), form)}" if len(values) > 1 else mean


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--episodes", type=int, default=120)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--buffers", type=int, nargs="+", default=[1, 64, 512, 4096])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        shards = make_shards(Path(folder), given.episodes)
        pairs = open_pairs(shards, "train", SPEC)
        print(
            f"{len(pairs)} training pairs of {len(pairs.table)} clips in {len(pairs.table.shards)} tars, batches of {BATCH}\n"
        )
        print(
            "| buffer | pairs per CPU-second | episodes in a batch | twice / never, 1 process | twice / never, 2 processes | held-out loss | gain over copy, dB |"
        )
        print("|---|---|---|---|---|---|---|")
        for buffer in [None, *given.buffers]:
            again = " | ".join(
                "{:.1%} / {:.1%}".format(*repetition(pairs, buffer, w)) for w in (1, 2)
            )
            row = f"{throughput(pairs, buffer):.0f} | {episodes_in_batch(pairs, buffer):.1f} | {again}"
            name = "`map`" if buffer is None else buffer
            print(
                f"| {name} | {row} | {learnt(shards, buffer, given.steps, given.seeds)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
