"""A learnable stage-2 problem: the code says which way the named square lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from factories import tiny_shard_set
from lapa.data.labels import finish_labels, write_sidecar
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.data.shards.reader import ClipReader
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.storage import save_laq
from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.model import LaqModelParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet

SPEC = PairSpec(horizon_s=0.1)
K, S = 4, 2


def labeled_squares(folder: Path, *, n: int = 10, **params: Any) -> tuple[ShardSet, LabelSet]:
    """Shards of moving squares; code 0 is the square's column, code 1 its row (four each)."""
    shards = tiny_shard_set(folder, n=n, frames=9, size=16, **params)
    labels = folder / "labels"
    digests = {}
    for split in shards.splits:
        table = load_clip_table(shards, split)
        reader = ClipReader(table, image_size=16)
        valid = valid_slots(table, SPEC)
        slots = np.arange(table.num_slots)
        clips, frames = table.clips_of(slots), table.frames_of(slots)
        codes = np.stack(
            [_codes(reader.frames(c, [f])[0]) for c, f in zip(clips, frames, strict=True)]
        )
        for shard, first, end in table.shard_slots():
            digests[shard] = write_sidecar(labels, shard, codes[first:end], valid[first:end])
    record = finish_labels(
        labels,
        shard_set=shards,
        digests=digests,
        laq_digest="laq-a",
        codebook_digest="codebook-a",
        codebook_size=K,
        code_seq_len=S,
        pair_spec=SPEC,
    )
    return shards, record


def _codes(image: np.ndarray) -> np.ndarray:
    """Quarter of the width and height in which the coloured square begins."""
    rows, columns = np.nonzero(np.abs(image.astype(int) - 96).sum(-1) > 60)
    return np.clip(np.array([columns.min(), rows.min()]) // 4, 0, K - 1).astype(np.int16)


def params(**overrides: Any) -> FoundationParams:
    """Small and quick; nested groups are merged."""
    backend = {"kind": "film_cnn", "image_size": 16, "channels": 16, "blocks": 1, "text_dim": 8}
    settings: dict[str, Any] = {
        "backend": {**backend, "feature_dim": 32},
        "code_seq_len": S,
        "codebook_size": K,
        "optimizer": {"learning_rate": 3e-3, "warmup_steps": 2},
        "trainer": {
            "max_steps": 6,
            "batch_size": 8,
            "validate_every": 100,
            "checkpoint_every": 2,
            "log_every": 1,
            "accelerator": "cpu",
        },
    }
    for name, value in overrides.items():
        nested = isinstance(value, dict) and isinstance(settings.get(name), dict)
        settings[name] = {**settings[name], **value} if nested else value
    return FoundationParams(**settings)


def arguments(
    shards: ShardSet, labels: LabelSet, config: FoundationParams, work: Path
) -> dict[str, Any]:
    """Keyword arguments of `lapa.training.foundation.fit`."""
    return {"shards": shards, "labels": labels, "params": config, "work": work}


def tiny_laq(folder: Path, *, seed: int = 0) -> Checkpoint:
    """An untrained quantiser for 16-pixel frames: S = 4, K = 8."""
    torch.manual_seed(seed)
    config = LaqModelParams(
        image_size=16,
        patch_size=2,
        dim=16,
        heads=2,
        head_dim=8,
        quant_dim=4,
        spatial_depth=1,
        temporal_depth=1,
        encode_difference=True,
    )
    digest = save_laq(folder, LatentActionQuantizer(config))
    return Checkpoint(
        path=str(folder),
        kind="laq",
        step=0,
        digest=digest,
        inputs={},
        pair_spec=SPEC,
        code_version="test",
    )
