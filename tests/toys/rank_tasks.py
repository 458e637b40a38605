"""What `launch` calls on every rank: trainings of squares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from lapa.distributed.ranks import join_process_group, world_size
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.foundation import fit
from lapa.training.laq.fit import train
from lapa.training.policy import fit as finetune
from toys.squares import squares_loaders, tiny_params


def train_quantizer(
    work: Path,
    devices: int = 1,
    nodes: int = 1,
    quantizer: str = "nsvq",
    augmentation: dict[str, float] | None = None,
) -> dict[str, Any]:
    """Train at a global batch of 8, however many processes share it; tell every rank's codebook."""
    torch.set_num_threads(1)
    join_process_group("cpu")
    params = tiny_params(
        model={"quantizer": {"kind": quantizer}},
        trainer={
            "devices": devices,
            "nodes": nodes,
            "batch_size": 8 // (devices * nodes),
            "log_every": 1,
            "max_steps": 10,
        },
        augmentation=augmentation or {},
        codebook={"replace_every": 3, "replace_below": 0.9, "replace_until": 1.0},
    )
    model, exported = train(params, squares_loaders(params), work=work)
    rows = model.quantizer.codebook_rows().contiguous()
    everyone = [torch.zeros_like(rows) for _ in range(world_size())]
    if world_size() > 1:
        dist.all_gather(everyone, rows)
    else:
        everyone = [rows]
    return {"codebooks": [rows.tolist() for rows in everyone], "metrics": exported.metrics}


@dataclass(frozen=True)
class Training:
    """The arguments of one `fit` of stage 2."""

    shards: ShardSet
    labels: LabelSet
    params: FoundationParams
    work: Path


def fit_all(trainings: list[Training]) -> list[Checkpoint]:
    """Several trainings on the same ranks, one after the other: starting processes takes longest."""
    return [fit(**vars(training)) for training in trainings]


@dataclass(frozen=True)
class Finetuning:
    """The arguments of one `fit` of stage 3."""

    shards: ShardSet
    foundation: Checkpoint
    params: FinetuneParams
    work: Path


def finetune_all(finetunings: list[Finetuning]) -> list[Checkpoint]:
    """Several finetunings on the same ranks, one after the other."""
    return [finetune(**vars(finetuning)) for finetuning in finetunings]
