"""The loader feeding the device: a real training of stage 1 on made-up recordings, JPEG by JPEG."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import torch
from textures import FRAMES_APART, make_shards

from gpu.measuring import timed
from gpu.sizes import FULL, Sizes
from lapa.data.loading.loader import training_loader
from lapa.data.loading.pairs import open_pairs
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.laq.stage import CodebookParams, LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.laq.fit import fit

SPEC = PairSpec(horizon_s=FRAMES_APART / 5.0)


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Pairs a second of the loader alone and of a training, and the share of its time that it waits."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shards = make_shards(root / "shards", sizes.loader_pairs, sizes.laq.image_size)
        return {
            "pairs_per_second_alone": _alone(shards, sizes),
            **_trained(shards, sizes, root / "work"),
            "nvjpeg_frames_per_second": _on_device(shards, device, sizes),
        }


def _alone(shards: ShardSet, sizes: Sizes) -> float:
    loader = iter(
        training_loader(
            open_pairs(shards, "train", spec=SPEC),
            batch_size=sizes.loader_batch,
            seed=0,
            max_steps=10**6,
            num_workers=sizes.loader_workers,
        )
    )
    spent = timed(lambda: next(loader), torch.device("cpu"), sizes.seconds)
    return sizes.loader_batch / spent["seconds"]


def _trained(shards: ShardSet, sizes: Sizes, work: Path) -> dict[str, Any]:
    """The last logged figures: the first ones hold the start of the workers."""
    every = max(1, sizes.loader_steps // 4)
    fit(shards=shards, pair_spec=SPEC, params=_params(sizes, every), work=work)
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    logged = [line for line in lines if "train/data_wait_fraction" in line][1:]
    return {
        "steps": sizes.loader_steps,
        "batch": sizes.loader_batch,
        "workers": sizes.loader_workers,
        "pairs_per_second_trained": median(line["train/samples_per_second"] for line in logged),
        "data_wait_fraction": median(line["train/data_wait_fraction"] for line in logged),
    }


def _params(sizes: Sizes, every: int) -> LaqParams:
    return LaqParams(
        model=sizes.laq,
        optimizer=OptimizerParams(warmup_steps=1),
        codebook=CodebookParams(initial_batches=1),
        trainer=TrainerParams(
            max_steps=sizes.loader_steps,
            batch_size=sizes.loader_batch,
            num_workers=sizes.loader_workers,
            precision="bf16-mixed" if sizes is FULL else "32-true",
            log_every=every,
            validate_every=10**6,
            checkpoint_every=10**6,
        ),
    )


def _on_device(shards: ShardSet, device: torch.device, sizes: Sizes) -> float | None:
    """Frames a second that torchvision decodes on the card (NVJPEG); None where it cannot."""
    if device.type != "cuda":
        return None
    try:
        from torchvision.io import decode_jpeg  # noqa: PLC0415 - a wheel that need not be there
    except ImportError:
        return None
    pairs = open_pairs(shards, "train", spec=SPEC)
    count = 256
    jpegs = [pairs.reader.jpeg(*pairs.position_of(index)) for index in range(count)]
    bytes_of = [torch.frombuffer(bytearray(jpeg), dtype=torch.uint8) for jpeg in jpegs]
    spent = timed(lambda: decode_jpeg(bytes_of, device=device), device, sizes.seconds)
    return count / spent["seconds"]
