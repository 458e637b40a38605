"""Pairs per second of the training loader against the decode limit and two other ways of reading.

    python benchmarks/loader.py [--pairs 4000] [--size 256] [--rounds 3] [--workers 0 1 2]

(a) the limit: the same JPEGs, already in memory, decoded in one loop per process;
(b) plain webdataset over pair shards, decoded with PIL, with shuffle buffers of several sizes;
(c) a folder with one JPEG per frame, read as the original project does: list the episode's
    folder, sort it, open two files with PIL, resize, convert to float.

Ways take turns for some rounds and the best round counts, since other work on the machine only
ever makes a round slower. On a busy machine believe the table of processor time.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import resource
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg
import torch
import webdataset as wds
from PIL import Image
from textures import FRAMES_APART, make_shards
from torch.utils.data import DataLoader, Dataset

from lapa.data.loading.loader import BatchReader, training_loader
from lapa.data.loading.order import shuffled
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.records import PairSpec

BATCH = 32
FEW_STEPS, MANY_STEPS = 5, 35
"""Batches of the two runs whose difference is the processor time of a batch."""


def jpegs_of(pairs: PairDataset, index: int) -> tuple[bytes, bytes]:
    """Both compressed frames of a pair."""
    clip, frame = pairs.position_of(index)
    return pairs.reader.jpeg(clip, frame), pairs.reader.jpeg(clip, frame + FRAMES_APART)


def export_folder(pairs: PairDataset, folder: Path) -> list[tuple[Path, int]]:
    """One folder per episode, one JPEG per frame, as the original project reads it."""
    items = []
    for index in range(len(pairs)):
        facts = pairs.sample(index)
        episode = folder / facts["episode_id"]
        episode.mkdir(parents=True, exist_ok=True)
        for number, jpeg in zip(
            (facts["frame"], facts["frame"] + FRAMES_APART), jpegs_of(pairs, index), strict=True
        ):
            (episode / f"{number}.jpg").write_bytes(jpeg)
        items.append((episode, facts["frame"]))
    return items


def export_pair_tars(pairs: PairDataset, folder: Path, per_tar: int = 500) -> list[str]:
    """Pair shards: ``<key>.t.jpg`` and ``<key>.t1.jpg``."""
    folder.mkdir(parents=True)
    paths = []
    for start in range(0, len(pairs), per_tar):
        path = folder / f"{start:06d}.tar"
        with tarfile.open(path, "w") as tar:
            for index in range(start, min(start + per_tar, len(pairs))):
                for name, jpeg in zip(("t", "t1"), jpegs_of(pairs, index), strict=True):
                    info = tarfile.TarInfo(f"{index:06d}.{name}.jpg")
                    info.size = len(jpeg)
                    tar.addfile(info, io.BytesIO(jpeg))
        paths.append(str(path))
    return paths


class FolderPairs(Dataset):
    """(c): the original project's way of reading."""

    def __init__(self, items: list[tuple[Path, int]], size: int) -> None:
        self._items, self._size = items, size

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> torch.Tensor:
        folder, frame = self._items[index]
        names = sorted(os.listdir(folder), key=lambda name: int(name.split(".")[0]))
        images = [self._read(folder / names[t]) for t in (frame, frame + FRAMES_APART)]
        return torch.stack(images, dim=1)

    def _read(self, path: Path) -> torch.Tensor:
        image = Image.open(path).convert("RGB").resize((self._size, self._size))
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


def decode_all(jpegs: list[tuple[bytes, bytes]]) -> None:
    """Decode pairs into one buffer."""
    height, width, _, _ = simplejpeg.decode_jpeg_header(jpegs[0][0])
    out = np.empty((height, width, 3), np.uint8)
    for pair in jpegs:
        for jpeg in pair:
            simplejpeg.decode_jpeg(jpeg, colorspace="RGB", buffer=out)


def _decode_timed(jpegs: list[tuple[bytes, bytes]], ready: Any, done: Any) -> None:
    ready.wait()
    decode_all(jpegs)
    done.put(None)


def decode_limit(jpegs: list[tuple[bytes, bytes]], processes: int) -> float:
    """(a): pairs per second of ``processes`` decoding loops, start of processes left out."""
    if processes <= 1:
        begin = time.perf_counter()
        decode_all(jpegs)
        return len(jpegs) / (time.perf_counter() - begin)
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(processes + 1), context.Queue()
    shares = [jpegs[i::processes] for i in range(processes)]
    children = [
        context.Process(target=_decode_timed, args=(share, ready, done)) for share in shares
    ]
    for child in children:
        child.start()
    ready.wait()
    begin = time.perf_counter()
    for _ in children:
        done.get()
    rate = len(jpegs) / (time.perf_counter() - begin)
    for child in children:
        child.join()
    return rate


def rate_of(batches: Any, count: int, warm: int) -> float:
    """Pairs per second over ``count`` batches after ``warm`` ones (start of workers, prefetch)."""
    iterator = iter(batches)
    for _ in range(warm):
        next(iterator)
    begin = time.perf_counter()
    for _ in range(count):
        next(iterator)
    return count * BATCH / (time.perf_counter() - begin)


def ours(pairs: PairDataset, workers: int, count: int, warm: int) -> Any:
    """Our training loader."""
    return training_loader(
        pairs, batch_size=BATCH, seed=0, max_steps=count + warm, num_workers=workers
    )


def plain_webdataset(paths: list[str], workers: int, buffer: int) -> Any:
    """(b)."""

    def stacked(sample: dict[str, Any]) -> np.ndarray:
        return np.stack([np.asarray(sample["t.jpg"]), np.asarray(sample["t1.jpg"])])

    dataset = wds.WebDataset(paths, shardshuffle=len(paths), empty_check=False).repeat()
    dataset = dataset.shuffle(buffer) if buffer else dataset
    dataset = dataset.decode("pil").map(stacked)
    return DataLoader(dataset, batch_size=BATCH, num_workers=workers)


def folder_loader(items: list[tuple[Path, int]], size: int, workers: int) -> Any:
    """(c)."""
    return DataLoader(
        FolderPairs(items, size),
        batch_size=BATCH,
        shuffle=True,
        num_workers=workers,
        drop_last=True,
    )


def best(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Let the ways take turns; keep each one's best round."""
    rates: dict[str, float] = dict.fromkeys(ways, 0.0)
    for _ in range(rounds):
        for name, measure in ways.items():
            rates[name] = max(rates[name], measure())
    return rates


def compare(pairs: PairDataset, folder: Path, size: int, workers: list[int], rounds: int) -> None:
    """Print the tables."""
    items, tars = export_folder(pairs, folder / "files"), export_pair_tars(pairs, folder / "pairs")
    jpegs = [
        jpegs_of(pairs, i)
        for i in random.Random(0).sample(range(len(pairs)), min(1500, len(pairs)))
    ]
    megabytes = np.mean([len(a) + len(b) for a, b in jpegs]) / 1e6
    print(
        f"{len(pairs)} pairs of {size}x{size}, {megabytes * 1e3:.0f} kB per pair, batches of {BATCH}, {os.cpu_count()} cores"
    )
    cpu_table(pairs, jpegs, items, workers, rounds)
    print("\npairs per second")
    print(
        f"{'workers':>8}{'ours':>9}{'MB/s':>7}{'limit (a)':>11}{'ours/(a)':>10}{'wds+PIL (b)':>13}{'files (c)':>11}{'ours/(c)':>10}"
    )
    for number in workers:
        rates = best(ways_of(number, pairs, jpegs, tars, items), rounds)
        print(
            f"{number:>8}{rates['ours']:>9.0f}{rates['ours'] * megabytes:>7.0f}{rates['limit']:>11.0f}"
            f"{rates['ours'] / rates['limit']:>10.0%}{rates['wds']:>13.0f}{rates['files']:>11.0f}"
            f"{rates['ours'] / rates['files']:>9.1f}x",
            flush=True,
        )
    shuffle_table(pairs, tars, rounds)


def ways_of(
    workers: int,
    pairs: PairDataset,
    jpegs: list[tuple[bytes, bytes]],
    tars: list[str],
    items: list[tuple[Path, int]],
) -> dict[str, Callable[[], float]]:
    """What is compared; every measurement covers more batches than all workers prefetch."""
    warm = 4 * workers + 1
    count = max(40, 2 * warm)
    size = pairs.image_shape[1]
    few = min(count, len(items) // BATCH - warm)
    return {
        "ours": lambda: rate_of(ours(pairs, workers, count, warm), count, warm),
        "limit": lambda: decode_limit(jpegs, workers),
        "wds": lambda: rate_of(plain_webdataset(tars, workers, 1000), count, warm),
        "files": lambda: rate_of(folder_loader(items, size, workers), few, warm),
    }


def shuffle_table(pairs: PairDataset, tars: list[str], rounds: int) -> None:
    """How much the width of the shuffle costs, without workers."""
    print("\nshuffle                        pairs/s  (0 workers; files in the page cache)")
    for buffer in (0, 100, 1000):
        rate = max(rate_of(plain_webdataset(tars, 0, buffer), 20, 35) for _ in range(rounds))
        print(f"(b)  buffer of {buffer:<14}{rate:>9.0f}")
    reader = BatchReader(pairs)
    for block, window in ((64, 1024), (1024, 65536), (1, 1)):
        order = shuffled(np.arange(len(pairs)), seed=0, epoch=0, block=block, window=window)
        batches = (
            reader.__getitems__(order[i : i + BATCH].tolist()) for i in range(0, len(order), BATCH)
        )
        name = "none" if window == 1 else f"blocks of {block} in {window}"
        print(f"ours {name:<24}{rate_of(batches, 20, 2):>9.0f}")


def processor_seconds() -> float:
    """Processor time of this process and its finished children."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def cpu_rate(run: Callable[[int], Any]) -> float:
    """Pairs per processor second, all processes together; their start is subtracted."""
    seconds = []
    for steps in (FEW_STEPS, MANY_STEPS):
        begin = processor_seconds()
        for _ in run(steps):
            pass
        seconds.append(processor_seconds() - begin)
    return (MANY_STEPS - FEW_STEPS) * BATCH / (seconds[1] - seconds[0])


def cpu_table(
    pairs: PairDataset,
    jpegs: list[tuple[bytes, bytes]],
    items: list[tuple[Path, int]],
    workers: list[int],
    rounds: int,
) -> None:
    """Compare processor time, which other work on the machine distorts least."""
    size = pairs.image_shape[1]
    print("\npairs per second of processor time, all processes together")
    print(
        f"{'workers':>8}{'ours':>9}{'limit (a)':>11}{'ours/(a)':>10}{'files (c)':>11}{'ours/(c)':>10}"
    )
    for number in workers:
        ways = {
            "ours": partial(cpu_rate, lambda steps, n=number: ours(pairs, n, steps, 0)),
            "limit": partial(cpu_rate, lambda steps: decode_all(jpegs[: steps * BATCH]) or ()),
            "files": partial(
                cpu_rate, lambda steps, n=number: folder_loader(items[: steps * BATCH], size, n)
            ),
        }
        rates = best(ways, rounds)
        print(
            f"{number:>8}{rates['ours']:>9.0f}{rates['limit']:>11.0f}{rates['ours'] / rates['limit']:>10.0%}"
            f"{rates['files']:>11.0f}{rates['ours'] / rates['files']:>9.1f}x",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--subsampling", default="420", choices=("420", "444"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="lapa-loader-"))
    try:
        shards = make_shards(
            folder / "shards", options.pairs, options.size, jpeg_subsampling=options.subsampling
        )
        pairs = open_pairs(shards, "train", PairSpec(horizon_s=1.0))
        compare(pairs, folder, options.size, options.workers, options.rounds)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
