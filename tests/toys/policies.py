"""A policy finetuned for two steps on whatever shard set a test has made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import save_foundation
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.policy import fit

SPEC = PairSpec(horizon_s=0.2)
SIZES = FoundationModelParams(
    code_seq_len=2,
    codebook_size=4,
    backend=FilmCnnParams(image_size=32, channels=8, blocks=1, text_dim=8, feature_dim=16),
)


def finetuned(shards: ShardSet, folder: Path, **changes: Any) -> Checkpoint:
    """Finetune an untrained backbone for two steps; ``changes`` are `FinetuneParams`."""
    torch.manual_seed(0)
    model = build_foundation(SIZES, instructions=["move the red square"])
    backbone = Checkpoint(
        path=str(folder / "foundation"),
        kind="foundation",
        step=0,
        digest=save_foundation(folder / "foundation", model, SIZES),
        inputs={"shards": shards.digest},
        pair_spec=SPEC,
        code_version="test",
    )
    values = {
        "head": {"kind": "binned", "hidden_dim": 8},
        "bins": 16,
        "optimizer": {"warmup_steps": 1},
        "trainer": {"max_steps": 2, "log_every": 1, "batch_size": 4, "num_threads": 1},
        **changes,
    }
    params = FinetuneParams.model_validate(values).model_dump(mode="json")
    record = fit(
        shards=shards.model_dump(mode="json"),
        foundation=backbone.model_dump(mode="json"),
        params=params,
        work=str(folder / "work"),
    )
    return Checkpoint.model_validate(record)
